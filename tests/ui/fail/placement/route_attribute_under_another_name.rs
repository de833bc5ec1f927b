use auth_runtime::requires_auth;
use rocket::get as fetch;

#[requires_auth]
#[fetch("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
