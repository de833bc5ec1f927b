use auth_runtime::{requires_scope, routes};
use rocket::get;

#[requires_scope("read messages")]
//~^ ERROR a scope cannot contain a space
//~| HELP write each scope as a separate string: `"read", "messages"`
#[get("/messages")]
fn messages() -> &'static str {
    "secret"
}

fn main() {
    let _ = rocket::build().mount("/", routes![messages]);
}
