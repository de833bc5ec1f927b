use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(org_id = "acme" level = 5)]
//~^ ERROR expected `,` after the claim value
//~| HELP a claim has one value; separate claims with commas
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
