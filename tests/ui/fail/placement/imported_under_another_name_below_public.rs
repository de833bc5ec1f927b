use auth_runtime::{public, requires_scope as scope};
use rocket::get;

#[public]
#[scope("read:messages")]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
