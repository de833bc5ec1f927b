use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(org_id = 'a')]
//~^ ERROR a claim value must be a string, an integer or a boolean, not a character
//~| HELP write a string, as in `"acme"`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
