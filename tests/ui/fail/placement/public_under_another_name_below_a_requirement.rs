use auth_runtime::{public as open, requires_auth};
use rocket::get;

#[requires_auth]
#[open]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
