use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth]
#[get("/<__auth_authorized>")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
