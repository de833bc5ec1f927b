use auth_runtime::{requires_auth, requires_scope as scope};
use rocket::get;

#[requires_auth]
#[scope("read:messages")]
//~^ ERROR the attribute above does not recognize this `#[requires_scope]`, and has already protected the handler
//~| HELP write its original name, `requires_scope`, instead of a renamed import
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
