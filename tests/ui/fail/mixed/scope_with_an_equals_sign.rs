use auth_runtime::requires;
use rocket::get;

#[requires(scope = "x")]
//~^ ERROR expected a rule (a path, a struct literal or a call)
//~| HELP write `scope("x")`
#[get("/users/<id>")]
fn user(id: &str) -> &str {
    id
}

fn main() {}
