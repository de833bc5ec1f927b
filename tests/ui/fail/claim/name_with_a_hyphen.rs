use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(org-id = "acme")]
//~^ ERROR expected a claim name
//~| HELP put a name that is not an identifier in quotes: `"org-id"`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
