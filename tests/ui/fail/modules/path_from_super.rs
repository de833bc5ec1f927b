use auth_runtime::requires_role;

#[requires_role(super::ADMIN)]
//~^ ERROR a path in a module's attribute cannot begin with `super`
//~| HELP write `crate::…` or `::name::…`: each route in the module evaluates the path, and a relative path has another meaning there
mod messages {
    use rocket::get;

    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
