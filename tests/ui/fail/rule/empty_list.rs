use auth_runtime::requires;
use rocket::get;

#[requires()]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
