use auth_runtime::{requires_auth, requires_scope};
use rocket::get;

#[requires_auth]
//~^ ERROR [note] the other one is here
#[requires_scope("read:messages")]
#[requires_auth]
//~^ ERROR `#[requires_auth]` is written twice
//~| HELP remove one of the two; arguments of both stand in one
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
