use auth_runtime::{public, requires_scope as scope};
use rocket::get;

#[public]
#[scope("read:messages")]
//~^ ERROR conflicting implementations of trait `Protected` for type `messages`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
