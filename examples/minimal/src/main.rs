//! The smallest protected API. `Rocket.toml` configures the issuer whose tokens it accepts.

use auth_runtime::{AccessToken, Auth, public, requires_auth, requires_scope, routes};
use rocket::{get, launch};

#[public]
#[get("/ping")]
fn ping() -> &'static str {
    "pong"
}

#[requires_auth]
#[get("/whoami")]
fn whoami(token: &AccessToken) -> String {
    token.subject().unwrap_or("nobody").to_owned()
}

#[requires_scope("read:messages")]
#[get("/messages")]
fn messages() -> &'static str {
    "Hello"
}

#[launch]
fn rocket() -> _ {
    rocket::build()
        .attach(Auth::fairing())
        .mount("/", routes![ping, whoami, messages])
}
