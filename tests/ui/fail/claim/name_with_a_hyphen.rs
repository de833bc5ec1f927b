use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(org-id = "acme")]
//~^ ERROR expected the name of a claim
//~| HELP a name that is no identifier stands in quotes: `"org-id"`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
