use auth_runtime::{requires_auth, requires_scope as scope};
use rocket::get;

#[requires_auth]
#[scope("read:messages")]
//~^ ERROR `#[requires_scope]` is not known to the attribute above it, which has guarded this handler already
//~| HELP write it by its own name, `requires_scope`, and not by that of a renamed import
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
