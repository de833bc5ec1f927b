use auth_runtime::{requires_auth, requires_scope};
use rocket::get;

#[requires_auth]
#[requires_scope = "read:messages"]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
