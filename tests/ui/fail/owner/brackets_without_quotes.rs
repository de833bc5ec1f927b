use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(sub = <id>)]
//~^ ERROR a claim value must be a string, an integer or a boolean
//~| HELP write the value itself, because constants are not supported here; for the parameter of the route, write `sub = "<id>"`
#[get("/users/<id>")]
fn user(id: &str) -> &str {
    id
}

fn main() {}
