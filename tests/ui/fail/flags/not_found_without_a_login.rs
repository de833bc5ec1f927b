use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(max_age = 300, not_found)]
//~^ ERROR `#[requires_auth]` does not take `not_found`
//~| HELP remove it: unauthenticated callers always get 401
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
