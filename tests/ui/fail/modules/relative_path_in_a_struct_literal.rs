use auth_runtime::requires;

#[requires(crate::MyRule { limit: limits::MOST })]
//~^ ERROR a path in a module's attribute must begin at a crate root, unlike `limits`
//~| HELP write `crate::…` or `::name::…`: each route in the module evaluates the path, and a relative path has another meaning there
mod messages {
    #[rocket::get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
