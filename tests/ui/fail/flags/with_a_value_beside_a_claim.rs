use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(org_id = "acme", not_found = true)]
//~^ ERROR `not_found` does not take a value
//~| HELP write `not_found` without a value, as the last argument; put the name of a claim that is called so in quotes
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
