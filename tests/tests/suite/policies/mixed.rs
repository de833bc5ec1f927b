//! Tests `#[requires(…)]` with scopes, permissions, roles, claims and rules together.

use auth_runtime::testing::assert_refusals;
use auth_runtime::{AccessToken, Protected, Rule, RuleError, requires, routes};
use rocket::{Request, Route, get};
use serde_json::json;

use super::{expect_each, forbidden_without_scope, local, reply};
use crate::support::*;

/// Allows tokens of clients that the application knows.
struct KnownClient;

#[rocket::async_trait]
impl Rule for KnownClient {
    async fn allows(&self, token: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(token.claims().get("azp").is_some_and(|azp| azp == "known"))
    }
}

#[requires(any(scope("admin"), claim(sub = "<user_id>"), KnownClient))]
#[get("/users/<user_id>")]
fn user(user_id: &str) {
    let _ = user_id;
}

#[requires(scope("a", any("b", "c")), role("r"), permission("p"))]
#[get("/all")]
fn all() {}

#[requires(any(all(scope("a", "b"), role("r")), permission("p")), not_found)]
#[get("/hidden")]
fn hidden() {}

fn mixed() -> Vec<Route> {
    routes![user, all, hidden]
}

#[tokio::test]
async fn one_alternative_of_any_kind_is_enough() {
    let seed = api(mixed()).await;
    let cases = [
        (json!({ "scope": "admin", "sub": "2" }), true),
        (json!({ "scope": "read", "sub": "1" }), true),
        (json!({ "azp": "known", "sub": "2" }), true),
        (json!({ "sub": "2" }), false),
        // These have the right name in the wrong claim.
        (
            json!({ "permissions": ["admin"], "roles": ["admin"], "sub": "2" }),
            false,
        ),
        (json!({ "user_id": "1", "sub": "2" }), false),
    ];
    expect_each(&seed, "/users/1", &cases).await;
}

#[tokio::test]
async fn all_arguments_are_required_whatever_their_kind() {
    let seed = api(mixed()).await;
    let cases = [
        (
            json!({ "scope": "a b", "roles": ["r"], "permissions": ["p"] }),
            true,
        ),
        (
            json!({ "scope": "c a", "roles": ["r"], "permissions": ["p"] }),
            true,
        ),
        (
            json!({ "scope": "a", "roles": ["r"], "permissions": ["p"] }),
            false,
        ),
        (
            json!({ "scope": "b c", "roles": ["r"], "permissions": ["p"] }),
            false,
        ),
        (json!({ "scope": "a b", "permissions": ["p"] }), false),
        (json!({ "scope": "a b", "roles": ["r"] }), false),
    ];
    expect_each(&seed, "/all", &cases).await;
}

#[tokio::test]
async fn flags_apply_to_all_kinds() {
    let seed = api(mixed()).await;
    for (claims, status) in [
        (json!({ "scope": "a b", "roles": ["r"] }), 200),
        (json!({ "permissions": ["p"] }), 200),
        (json!({ "scope": "a", "roles": ["r"] }), 404),
        (json!({ "scope": "a b" }), 404),
    ] {
        assert_eq!(
            reply(&seed, "/hidden", &claims).await.status,
            status,
            "{claims}"
        );
    }
}

#[tokio::test]
async fn the_challenge_names_the_scopes_if_one_would_have_helped() {
    let seed = api(mixed()).await;
    let refused = reply(&seed, "/users/1", &json!({ "sub": "2" })).await;
    refused.expect(&forbidden("admin"));
    let refused = reply(&seed, "/all", &json!({ "scope": "a b" })).await;
    refused.expect(&forbidden_without_scope());
}

#[test]
fn policies_are_displayed_like_their_attributes() {
    assert_eq!(
        user::POLICY.to_string(),
        r#"requires(any(scope("admin"), claim(sub = "<user_id>"), KnownClient))"#
    );
    assert_eq!(
        all::POLICY.to_string(),
        r#"requires_scope(all("a", any("b", "c"))) requires_role("r") requires_permission("p")"#
    );
}

#[tokio::test]
async fn the_proof_by_refusal_passes_for_mixed_policies() {
    let (client, issuer) = local(|rocket| rocket.mount("/", mixed())).await;
    assert_refusals(&client, &issuer).await;
}
