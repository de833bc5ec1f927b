use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(org_id != "acme")]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
