use auth_runtime::{requires_auth, routes};
use rocket::get;

#[requires_auth]
#[get("/me")]
fn me() {}

fn main() {
    let _ = routes![me()];
    //~^ ERROR expected the name of a route handler, found a call
    //~| HELP write `me`
}
