use auth_runtime::{requires_auth, requires_scope};
use rocket::get;

#[requires_auth]
#[get("/")]
#[requires_scope("read:messages")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
