use auth_runtime::{public, requires_auth};
use rocket::get;

#[requires_auth]
#[public]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
