use auth_runtime::{public, requires_scope};
use rocket::get;

#[public]
#[cfg_attr(all(), requires_scope("read:messages"))]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
