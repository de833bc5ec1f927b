use auth_runtime::requires_scope;

const READ: &str = "read:messages";

#[requires_scope(any("a", self::READ))]
//~^ ERROR a path in a module's attribute cannot begin with `self`
//~| HELP write `crate::…` or `::name::…`: each route in the module evaluates the path, and a relative path has another meaning there
mod messages {
    use rocket::get;

    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
