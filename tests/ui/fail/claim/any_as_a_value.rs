use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(org_id = any("a", "b"))]
//~^ ERROR a claim value must be a string, an integer or a boolean
//~| HELP write `any(org_id = "a", org_id = "b")`
#[get("/users/<id>")]
fn user(id: &str) -> &str {
    id
}

fn main() {}
