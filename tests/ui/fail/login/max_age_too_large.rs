use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(max_age = 18446744073709551616)]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
