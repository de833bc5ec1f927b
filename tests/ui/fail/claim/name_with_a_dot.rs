use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(realm_access.region = "eu")]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
