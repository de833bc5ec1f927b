use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth("read:messages")]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
