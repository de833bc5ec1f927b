use auth_runtime::{requires_auth, routes};
use rocket::get;

#[requires_auth]
#[get("/users")]
fn users() {}

fn main() {
    let _ = routes![requires_role("admin"), users];
    //~^ ERROR expected the name of a route handler, found a call
    //~| HELP to require it for each route, write `#![requires_role("admin")]` in front of the routes
}
