use auth_runtime::{requires_auth, routes};
use rocket::get;

#[get("/")]
#[requires_auth]
fn messages() -> &'static str {
    "secret"
}

fn main() {
    let _ = rocket::build().mount("/", routes![messages]);
}
