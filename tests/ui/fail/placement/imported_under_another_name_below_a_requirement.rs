use auth_runtime::{requires_auth, requires_scope as scope};
use rocket::get;

#[requires_auth]
#[scope("read:messages")]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
