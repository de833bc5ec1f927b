use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(org_id = "acme" level = 5)]
//~^ ERROR expected `,` after the value of the claim
//~| HELP a claim has one value; separate claims by commas
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
