use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth]
//~^ ERROR `#[requires_auth]` is not known to the attribute above it, which has guarded this handler already
//~| HELP write it by its own name, `requires_auth`, and not by that of a renamed import
#[get("/")]
fn messages(__auth_authorized: auth_runtime::Authorized<messages>) -> &'static str {
//~^ ERROR the route `messages` does not declare who may call it
//~| NOTE write one of them above the route attribute of `messages`: `#[public]` lets anyone call it
    "secret"
}

fn main() {}
