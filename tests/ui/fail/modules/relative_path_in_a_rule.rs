use auth_runtime::requires;

#[requires(crate::MyRule::new(LIMIT))]
//~^ ERROR a path in a module's attribute must begin at a crate root, unlike `LIMIT`
//~| HELP write `crate::…` or `::name::…`: each route in the module evaluates the path, and a relative path has another meaning there
mod messages {
    use rocket::get;

    #[get("/messages")]
    pub fn list() -> &'static str {
        "secret"
    }
}

fn main() {}
