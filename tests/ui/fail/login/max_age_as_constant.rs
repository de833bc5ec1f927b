use auth_runtime::requires_auth;
use rocket::get;

const HOUR: u64 = 3600;

#[requires_auth(max_age = HOUR)]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
