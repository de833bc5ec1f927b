use auth_runtime::{public, routes};
use rocket::get;

#[public]
#[get("/ping")]
fn ping() -> &'static str {
    "pong"
}

#[get("/messages")]
fn messages() -> &'static str {
    "secret"
}

fn main() {
    let _ = rocket::build().mount("/", routes![ping, messages]);
    //~^ ERROR the route `messages` does not declare who may call it
    //~| NOTE write one of them above the route attribute of `messages`: `#[public]` lets anyone call it
}
