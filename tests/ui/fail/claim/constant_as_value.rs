use auth_runtime::requires_claim;
use rocket::get;

const ACME: &str = "acme";

#[requires_claim(org_id = ACME)]
//~^ ERROR the value of a claim is a string, an integer or a boolean
//~| HELP write the value itself: a constant cannot stand here
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
