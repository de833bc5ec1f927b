use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim()]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
