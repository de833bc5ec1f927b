use auth_runtime::{public, requires_scope};
use rocket::get;

#[public]
#[requires_scope("read:messages")]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
