//! Tests that the challenge of a 403 names the scopes that the route requires (RFC 6750 §3).

use auth_runtime::{requires_permission, requires_scope, routes};
use rocket::{Route, get};
use serde_json::json;

use super::{forbidden_without_scope, reply};
use crate::support::*;

#[requires_scope("a", any("b", all("c", "d")))]
#[get("/nested")]
fn nested() {}

#[requires_scope(any("a", "b"))]
#[requires_scope(any("b", "c"))]
#[get("/repeated")]
fn repeated() {}

#[requires_scope("a")]
#[requires_permission("p")]
#[get("/mixed")]
fn mixed() {}

#[requires_scope("a")]
#[requires_scope("later", report_only)]
#[get("/reported")]
fn reported() {}

#[requires_permission("p")]
#[get("/permission")]
fn permission() {}

fn all() -> Vec<Route> {
    routes![nested, repeated, mixed, reported, permission]
}

#[tokio::test]
async fn scopes_of_every_depth_are_named_once_in_their_order() {
    let seed = api(all()).await;
    for (path, scopes) in [
        ("/nested", "a b c d"),
        ("/repeated", "a b c"),
        ("/mixed", "a"),
    ] {
        reply(&seed, path, &json!({}))
            .await
            .expect(&forbidden(scopes));
    }
}

#[tokio::test]
async fn the_challenge_does_not_name_report_only_scopes() {
    let seed = api(all()).await;
    reply(&seed, "/reported", &json!({}))
        .await
        .expect(&forbidden("a"));
}

#[tokio::test]
async fn the_challenge_does_not_name_scopes_if_none_would_help() {
    let seed = api(all()).await;
    for (path, claims) in [
        ("/permission", json!({})),
        ("/mixed", json!({ "scope": "a" })),
    ] {
        let refused = reply(&seed, path, &claims).await;
        refused.expect(&forbidden_without_scope());
    }
}
