use auth_runtime::requires_role;

#[requires_role(super::ADMIN)]
//~^ ERROR a path on a module cannot begin with `super`
//~| HELP write `crate::…` or `::name::…`: what stands here is read in each route of the module, where a relative path means something else
mod messages {
    use rocket::get;

    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
