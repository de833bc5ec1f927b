use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(sub = "<id>" | "admin")]
//~^ ERROR claims cannot be combined with operators
//~| HELP write `any(sub = "<id>", sub = "admin")`
#[get("/users/<id>")]
fn user(id: &str) -> &str {
    id
}

fn main() {}
