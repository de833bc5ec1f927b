use auth_runtime::requires_claim;
use rocket::get;

const ACME: &str = "acme";

#[requires_claim(org_id = ACME)]
//~^ ERROR a claim value must be a string, an integer or a boolean
//~| HELP write the value itself: constants are not supported here
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
