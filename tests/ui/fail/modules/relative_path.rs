use auth_runtime::requires_scope;

mod scopes {
    pub const READ: &str = "read:messages";
}

#[requires_scope(scopes::READ)]
//~^ ERROR a path on a module begins at the root of a crate, unlike `scopes`
//~| HELP write `crate::…` or `::name::…`: what stands here is read in each route of the module, where a relative path means something else
mod messages {
    use rocket::get;

    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
