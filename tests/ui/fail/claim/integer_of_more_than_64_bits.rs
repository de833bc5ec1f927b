use auth_runtime::requires_claim;
use rocket::get;

#[requires_claim(level = 9223372036854775808)]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
