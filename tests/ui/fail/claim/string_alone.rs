use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim("org_id")]
//~^ ERROR expected a claim and its value
//~| HELP write `org_id = "acme"`, with a string, an integer or a boolean; a name that is no identifier stands in quotes
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
