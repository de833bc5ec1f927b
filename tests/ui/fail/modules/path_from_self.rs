use auth_runtime::requires_scope;

const READ: &str = "read:messages";

#[requires_scope(any("a", self::READ))]
//~^ ERROR a path on a module cannot begin with `self`
//~| HELP write `crate::…` or `::name::…`: what stands here is read in each route of the module, where a relative path means something else
mod messages {
    use rocket::get;

    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
