use auth_runtime::{public as open, requires_auth};
use rocket::get;

#[requires_auth]
#[open]
//~^ ERROR `#[public]` is not known to the attribute above it, which has guarded this handler already
//~| HELP write it by its own name, `public`, and not by that of a renamed import
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
