use auth_runtime::requires;

#[requires(crate::MyRule { limit: limits::MOST })]
//~^ ERROR a path on a module begins at the root of a crate, unlike `limits`
//~| HELP write `crate::…` or `::name::…`: what stands here is read in each route of the module, where a relative path means something else
mod messages {
    #[rocket::get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
