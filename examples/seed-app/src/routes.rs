//! The routes. The attribute above each one says who may call it.

use auth_runtime::{AccessToken, Claims, public, requires_auth, requires_scope, routes};
use rocket::serde::{Serialize, json::Json};
use rocket::{Route, get};

use crate::events::events;
use crate::health::health;
use crate::metrics::metrics;
use crate::revocations::revoke;
use crate::scopes;

pub(crate) fn all() -> Vec<Route> {
    routes![
        ping,
        secured_ping,
        secured_private_ping,
        api_public,
        api_private,
        api_private_scoped,
        me,
        health,
        events,
        metrics,
        revoke,
    ]
}

#[derive(Serialize)]
#[serde(crate = "rocket::serde")]
struct Message {
    message: &'static str,
}

#[public]
#[get("/ping")]
fn ping() -> &'static str {
    "All good. You don't need to be authenticated to call this"
}

#[requires_auth]
#[get("/secured/ping")]
fn secured_ping() -> &'static str {
    "All good. You only get this message if you're authenticated"
}

#[requires_scope(scopes::EXAMPLE_SCOPE)]
#[get("/secured/private/ping")]
fn secured_private_ping() -> &'static str {
    "All good. You're authenticated and the access token has the appropriate scope"
}

#[public]
#[get("/api/public")]
fn api_public() -> Json<Message> {
    Json(Message {
        message: "Hello from a public endpoint! You don't need to be authenticated to see this.",
    })
}

#[requires_auth]
#[get("/api/private")]
fn api_private() -> Json<Message> {
    Json(Message {
        message: "Hello from a private endpoint! You need to be authenticated to see this.",
    })
}

#[requires_scope(scopes::READ_MESSAGES)]
#[get("/api/private-scoped")]
fn api_private_scoped() -> Json<Message> {
    Json(Message {
        message: "Hello from a private endpoint! You need to be authenticated and have a scope of \
                  read:messages to see this.",
    })
}

#[requires_auth]
#[get("/api/me")]
fn me(token: &AccessToken) -> Json<&Claims> {
    Json(token.claims())
}
