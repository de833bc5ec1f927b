use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth]
//~^ ERROR the attribute above does not recognize this `#[requires_auth]`, and has already protected the handler
//~| HELP write its original name, `requires_auth`, instead of a renamed import
#[get("/")]
fn messages(__auth_authorized: auth_runtime::Authorized<messages>) -> &'static str {
//~^ ERROR the route `messages` does not declare who may call it
//~| NOTE write one of them above the route attribute of `messages`: `#[public]` lets anyone call it
    "secret"
}

fn main() {}
