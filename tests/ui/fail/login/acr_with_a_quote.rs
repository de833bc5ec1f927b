use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(acr = "gold \"silver\"")]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
