use auth_runtime::{public, requires_auth};
use rocket::get;

#[requires_auth]
//~^ ERROR [note] a token is required here
#[public]
//~^ ERROR `#[public]` cannot be combined with `#[requires_auth]`
//~| HELP remove one of them: either anyone may call the route, or a token is required
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
