use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim("org_id")]
//~^ ERROR expected a claim and its value
//~| HELP write `org_id = "acme"`, where the value is a string, an integer or a boolean; put a name that is not an identifier in quotes
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
