use auth_runtime::{requires_auth, requires_scope};
use rocket::get;

#[requires_auth]
#[requires_scope = "read:messages"]
//~^ ERROR expected a string literal or the path of a constant
//~| HELP write `"read:messages"`, or the path of a `&'static str` constant
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
