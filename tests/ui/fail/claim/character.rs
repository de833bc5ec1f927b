use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(org_id = 'a')]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
