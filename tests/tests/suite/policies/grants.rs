//! Tests that scopes, permissions and roles are separate, each with its own claim.

use auth_runtime::{requires_permission, requires_role, requires_scope, routes};
use rocket::{Route, get};
use serde_json::{Value, json};

use super::{expect_each, forbidden_without_scope, reply};
use crate::support::*;

mod names {
    pub(super) const WRITE: &str = "write:reports";
}

#[requires_scope("x")]
#[get("/scope")]
fn scope() {}

#[requires_permission("x")]
#[get("/permission")]
fn permission() {}

#[requires_role("x")]
#[get("/role")]
fn role() {}

#[requires_permission("read reports", names::WRITE)]
#[get("/permissions")]
fn permissions() {}

#[requires_scope("s")]
#[requires_permission("p")]
#[requires_role("r")]
#[get("/each")]
fn each() {}

fn all() -> Vec<Route> {
    routes![scope, permission, role, permissions, each]
}

#[tokio::test]
async fn scopes_permissions_and_roles_do_not_replace_each_other() {
    let seed = api(all()).await;
    let tokens = [
        ("/scope", json!({ "scope": "x" })),
        ("/permission", json!({ "permissions": ["x"] })),
        ("/role", json!({ "roles": ["x"] })),
    ];
    for (path, _) in &tokens {
        for (of, claims) in &tokens {
            let status = reply(&seed, path, claims).await.status;
            let expected = if path == of { 200 } else { 403 };
            assert_eq!(status, expected, "{path} with {claims}");
        }
    }
}

#[tokio::test]
async fn the_challenge_for_a_missing_permission_or_role_does_not_name_scopes() {
    let seed = api(all()).await;
    for path in ["/permission", "/role"] {
        let refused = reply(&seed, path, &json!({})).await;
        refused.expect(&forbidden_without_scope());
    }
}

#[tokio::test]
async fn permissions_are_a_list_of_strings_or_one_string() {
    let seed = api(all()).await;
    let cases = [
        (json!({ "permissions": ["a", "x"] }), true),
        (json!({ "permissions": "x" }), true),
        (json!({ "permissions": "a x" }), false),
        (json!({ "permissions": ["a x"] }), false),
        (json!({ "permissions": ["X"] }), false),
        (json!({ "permissions": ["xx"] }), false),
        (json!({ "permissions": [] }), false),
        (json!({ "permissions": ["x", 1] }), false),
        (json!({ "permissions": { "x": true } }), false),
        (json!({ "permissions": null }), false),
        (json!({}), false),
    ];
    expect_each(&seed, "/permission", &cases).await;
}

#[tokio::test]
async fn a_permission_may_have_a_space_and_be_a_constant() {
    let seed = api(all()).await;
    let cases = [
        (
            json!({ "permissions": ["read reports", "write:reports"] }),
            true,
        ),
        (json!({ "permissions": ["read reports"] }), false),
        (json!({ "permissions": ["write:reports"] }), false),
        (
            json!({ "permissions": ["read", "reports", "write:reports"] }),
            false,
        ),
    ];
    expect_each(&seed, "/permissions", &cases).await;
}

#[tokio::test]
async fn attributes_of_three_kinds_are_all_required() {
    let seed = api(all()).await;
    let full = json!({ "scope": "s", "permissions": ["p"], "roles": ["r"] });
    let mut cases = vec![(full.clone(), true)];
    for name in ["scope", "permissions", "roles"] {
        let mut lacking = full.clone();
        lacking.as_object_mut().unwrap().remove(name);
        cases.push((lacking, false));
    }
    expect_each(&seed, "/each", &cases).await;
}

/// Launches the routes with this key of the configuration, which names a claim.
async fn with(key: &str, claim: &str) -> Seed {
    api_with(
        |auth| auth.with(key, claim),
        |rocket| rocket.mount("/", all()),
    )
    .await
}

#[tokio::test]
async fn roles_can_be_read_from_a_json_pointer() {
    let seed = with("roles_claim", "/realm_access/roles").await;
    let cases: [(Value, bool); 5] = [
        (json!({ "realm_access": { "roles": ["x"] } }), true),
        (json!({ "realm_access": { "roles": ["a"] } }), false),
        (json!({ "roles": ["x"] }), false),
        (json!({ "realm_access": ["x"] }), false),
        (json!({ "/realm_access/roles": ["x"] }), false),
    ];
    expect_each(&seed, "/role", &cases).await;
}

#[tokio::test]
async fn permissions_can_be_read_from_a_namespaced_claim() {
    let seed = with("permissions_claim", "https://example.com/permissions").await;
    let cases = [
        (json!({ "https://example.com/permissions": ["x"] }), true),
        (json!({ "permissions": ["x"] }), false),
    ];
    expect_each(&seed, "/permission", &cases).await;
}
