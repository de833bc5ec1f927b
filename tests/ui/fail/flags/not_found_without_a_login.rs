use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(max_age = 300, not_found)]
//~^ ERROR `not_found` is not possible on `#[requires_auth]`
//~| HELP remove it: who is not logged in is told so
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
