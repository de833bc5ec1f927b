use auth_runtime::{public as open, requires_auth};
use rocket::get;

#[requires_auth]
#[open]
//~^ ERROR the attribute above does not recognize this `#[public]`, and has already protected the handler
//~| HELP write its original name, `public`, instead of a renamed import
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
