//! As older Rocket programs import macros.

#[macro_use]
extern crate rocket;
#[macro_use]
extern crate auth_runtime;

#[requires_auth]
#[requires_scope("a")]
#[get("/")]
fn handler() {}

fn main() {
    assert_eq!(auth_runtime::routes![handler].len(), 1);
}
