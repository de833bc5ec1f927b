use auth_runtime::requires;
use rocket::get;

#[requires(role = "admin")]
//~^ ERROR expected a rule (a path, a struct literal or a call)
//~| HELP write `role("admin")`
#[get("/users/<id>")]
fn user(id: &str) -> &str {
    id
}

fn main() {}
