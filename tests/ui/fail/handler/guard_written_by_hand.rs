use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth]
#[get("/")]
fn messages(__auth_authorized: auth_runtime::Authorized<messages>) -> &'static str {
    "secret"
}

fn main() {}
