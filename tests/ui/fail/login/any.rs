use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(any(max_age = 300, acr = "gold"))]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
