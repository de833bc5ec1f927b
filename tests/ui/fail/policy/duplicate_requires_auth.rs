use auth_runtime::{requires_auth, requires_scope};
use rocket::get;

#[requires_auth]
//~^ ERROR [note] the first one is here
#[requires_scope("read:messages")]
#[requires_auth]
//~^ ERROR `#[requires_auth]` is given twice
//~| HELP remove one of them; one attribute can hold the arguments of both
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
