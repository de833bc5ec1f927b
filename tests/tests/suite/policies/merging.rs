//! Tests that the attributes of one handler form one policy.

use auth_runtime::{
    Protected, public, requires_auth, requires_claim, requires_permission, requires_role,
    requires_scope, routes,
};
use rocket::{get, post, put};
use serde_json::json;

use super::expect_each;
use crate::support::*;

#[requires_scope("a")]
#[requires_permission("p")]
#[requires_role("r")]
#[requires_claim(org_id = "acme", not_found)]
#[requires_auth(max_age = 300)]
#[get("/each")]
fn each() {}

#[requires_scope("a")]
#[requires_scope("b")]
#[post("/scopes", data = "<_body>")]
fn scopes(_body: String) {}

#[requires_scope("a")]
#[requires_auth]
#[put("/scope-and-auth")]
fn scope_and_auth() {}

#[auth_runtime::requires_scope("a")]
#[cfg_attr(all(), requires_role("r"))]
#[cfg_attr(any(), requires_role("never"))]
#[rocket::get("/conditional")]
fn conditional() {}

#[public]
#[get("/open")]
fn open() {}

#[test]
fn a_policy_is_displayed_like_its_attributes_in_their_order() {
    let texts = [
        each::POLICY,
        scopes::POLICY,
        scope_and_auth::POLICY,
        conditional::POLICY,
        open::POLICY,
    ]
    .map(|policy| policy.to_string());
    let expected = [
        r#"requires_scope("a") requires_permission("p") requires_role("r") requires_claim(org_id = "acme", not_found) requires_auth(max_age = 300)"#,
        r#"requires_scope("a", "b")"#,
        r#"requires_scope("a")"#,
        r#"requires_scope("a") requires_role("r")"#,
        "public",
    ];
    assert_eq!(texts, expected);
}

#[test]
fn only_public_is_public() {
    assert!(open::POLICY.is_public());
    assert!(!each::POLICY.is_public() && !scope_and_auth::POLICY.is_public());
}

#[tokio::test]
async fn the_requirements_of_all_attributes_are_required() {
    let seed = api(routes![each, scopes, scope_and_auth, conditional, open]).await;
    let full = json!({
        "scope": "a", "permissions": ["p"], "roles": ["r"], "org_id": "acme", "auth_time": now(),
    });
    expect_each(&seed, "/each", &[(full.clone(), true)]).await;
    let lacking = [
        ("scope", 403),
        ("permissions", 403),
        ("roles", 403),
        ("org_id", 404),
        ("auth_time", 401),
    ];
    for (name, status) in lacking {
        let mut claims = full.clone();
        claims.as_object_mut().unwrap().remove(name);
        assert_eq!(
            super::reply(&seed, "/each", &claims).await.status,
            status,
            "without {name}"
        );
    }
    let cases = [
        (json!({ "scope": "a", "roles": ["r"] }), true),
        (json!({ "scope": "a" }), false),
        (json!({ "roles": ["r"] }), false),
    ];
    expect_each(&seed, "/conditional", &cases).await;
}
