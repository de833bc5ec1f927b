use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(org_id = null)]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
