use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(email_verified)]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
