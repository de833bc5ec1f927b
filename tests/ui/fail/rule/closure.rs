use auth_runtime::requires;
use rocket::get;

#[requires(|token| token.subject().is_some())]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
