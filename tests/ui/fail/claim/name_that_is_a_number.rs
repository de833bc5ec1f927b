use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(5 = "acme")]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
