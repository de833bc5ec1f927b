use auth_runtime::{requires_auth, routes};
use rocket::get;

#[requires_auth]
#[get("/me")]
fn me() {}

fn main() {
    let _ = routes![ #![public] me ];
    //~^ ERROR `#![public]` cannot be in `routes!`
    //~| HELP remove it: each route in the list declares its own policy; for routes that do not, write `protect![ #![public] … ]`
}
