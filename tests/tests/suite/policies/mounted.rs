//! Tests policies that are declared where routes are mounted: those of lists, and those of routes of
//! other crates.

use auth_runtime::{
    AccessToken, AuthError, Policies, Rule, RuleError, protect, requires, requires_auth,
    requires_scope, routes,
};
use rocket::fs::FileServer;
use rocket::request::{FromRequest, Outcome};
use rocket::{Build, Request, Rocket, Route, get};
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{expect_each, local, reply};
use crate::support::*;

/// Counts how often it is asked.
struct Counted;

static ASKED: AtomicUsize = AtomicUsize::new(0);

#[rocket::async_trait]
impl Rule for Counted {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        ASKED.fetch_add(1, Ordering::SeqCst);
        Ok(true)
    }
}

#[requires_scope("read")]
#[get("/users")]
fn users() {}

#[requires_auth]
#[get("/settings")]
fn settings(_token: &AccessToken) {}

#[requires(Counted)]
#[get("/counted")]
fn counted() {}

/// A guard that replies itself. It must not run before the list's requirements are checked.
struct Early;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Early {
    type Error = AuthError;

    async fn from_request(_: &'r Request<'_>) -> Outcome<Self, AuthError> {
        Outcome::Forward(rocket::http::Status::ImATeapot)
    }
}

#[requires_auth]
#[get("/early")]
fn early(_early: Early) {}

fn admin_routes() -> Vec<Route> {
    routes![ #![requires_role("admin")] users, settings, counted, early ]
}

fn files() -> Vec<Route> {
    protect![ #![requires_scope("files")] FileServer::from(env!("CARGO_MANIFEST_DIR")) ]
}

fn rows(rocket: &Rocket<Build>) -> Vec<String> {
    let policies = Policies::of(rocket);
    let rows = policies.iter().map(|route| {
        let handler = route.handler().unwrap_or_default();
        let handler = handler.rsplit("::").next().unwrap_or_default();
        format!("{route} ({handler}): {}", route.policy_text())
    });
    rows.collect()
}

#[tokio::test]
async fn a_route_requires_what_its_list_requires_and_its_own() {
    let seed = api(admin_routes()).await;
    let cases = [
        (json!({ "scope": "read", "roles": ["admin"] }), true),
        (json!({ "scope": "read" }), false),
        (json!({ "roles": ["admin"] }), false),
    ];
    expect_each(&seed, "/users", &cases).await;
    let cases = [(json!({ "roles": ["admin"] }), true), (json!({}), false)];
    expect_each(&seed, "/settings", &cases).await;
    let none = seed.app.get("/settings").send().await;
    none.expect(&AUTHORIZATION_MISSING);
}

#[tokio::test]
async fn the_challenge_names_the_scopes_of_list_and_route() {
    let seed = api(routes![ #![requires_scope("list")] users ]).await;
    let refused = reply(&seed, "/users", &json!({})).await;
    assert_eq!(
        refused.header("WWW-Authenticate"),
        Some(r#"Bearer error="insufficient_scope", scope="list read""#)
    );
}

#[tokio::test]
async fn a_list_is_checked_before_the_guards_of_its_routes() {
    let seed = api(admin_routes()).await;
    assert_eq!(reply(&seed, "/early", &json!({})).await.status, 403);
    let roles = json!({ "roles": ["admin"] });
    assert_eq!(reply(&seed, "/early", &roles).await.status, 418);
}

#[tokio::test]
async fn a_rule_is_asked_once_in_a_request() {
    let seed = api(admin_routes()).await;
    let roles = json!({ "roles": ["admin"] });
    assert_eq!(reply(&seed, "/counted", &roles).await.status, 200);
    assert_eq!(ASKED.load(Ordering::SeqCst), 1);
}

#[test]
fn the_table_has_the_combined_policies() {
    let rocket = rocket::custom(quiet())
        .mount("/", routes![settings])
        .mount("/admin", admin_routes())
        .mount("/files", files());
    assert_eq!(
        rows(&rocket),
        [
            r#"GET /admin/counted (counted): requires_role("admin") requires(Counted)"#,
            r#"GET /admin/early (early): requires_role("admin")"#,
            r#"GET /admin/settings (settings): requires_role("admin")"#,
            r#"GET /admin/users (users): requires_role("admin") requires_scope("read")"#,
            r#"GET /files/<path..> (FileServer: ): requires_scope("files")"#,
            "GET /settings (settings): requires_auth",
        ]
    );
}

#[tokio::test]
async fn a_file_server_serves_only_callers_that_meet_its_policy() {
    let seed = api(files()).await;
    seed.app
        .get("/Cargo.toml")
        .send()
        .await
        .expect(&AUTHORIZATION_MISSING);
    // A missing file is not an exception.
    seed.app
        .get("/missing")
        .send()
        .await
        .expect(&AUTHORIZATION_MISSING);
    let cases = [(json!({ "scope": "files" }), true), (json!({}), false)];
    expect_each(&seed, "/Cargo.toml", &cases).await;
}

#[tokio::test]
async fn a_wrapped_route_without_the_fairing_answers_500() {
    let rocket = rocket::custom(quiet()).mount("/", files());
    let client = rocket::local::asynchronous::Client::untracked(rocket).await;
    let client = client.expect("wrappers have no sentinel");
    let response = client.get("/Cargo.toml").dispatch().await;
    assert_eq!(response.status().code, 500);
    let body = response.into_string().await.unwrap_or_default();
    assert!(!body.contains("[package]"), "{body}");
}

#[tokio::test]
async fn the_proof_by_refusal_tests_wrapped_routes() {
    let (client, issuer) = local(|rocket| {
        rocket
            .mount("/admin", admin_routes())
            .mount("/files", files())
    })
    .await;
    auth_runtime::testing::assert_refusals(&client, &issuer).await;
}
