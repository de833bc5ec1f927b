use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(max_age = 300, max_age = 60)]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
