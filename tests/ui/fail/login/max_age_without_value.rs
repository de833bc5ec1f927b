use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(max_age)]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
