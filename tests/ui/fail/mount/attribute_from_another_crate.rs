use auth_runtime::{requires_auth, routes};
use rocket::get;

#[requires_auth]
#[get("/me")]
fn me() {}

fn main() {
    let _ = routes![ #![inline] me ];
    //~^ ERROR `routes!` does not know this attribute
    //~| HELP its attributes are those of auth-runtime, written as `#![requires_auth]`
}
