use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(max_age = "5m")]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
