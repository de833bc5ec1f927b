use auth_runtime::requires;
use rocket::get;

#[requires("read:messages")]
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
