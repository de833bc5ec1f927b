use auth_runtime::requires_claim;
use rocket::get;

const ACME: &str = "acme";

#[requires_claim(org_id = ACME)]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
