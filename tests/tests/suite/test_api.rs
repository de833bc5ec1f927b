//! `TestApi`: an application with the users of a test.

use std::time::Duration;

use auth_runtime::issuer::{LocalIssuer, LocalUser};
use auth_runtime::testing::{Clock, TestApi, assert_refusals, blocking};
use auth_runtime::{
    AccessToken, Auth, BindingMode, Claims, requires_auth, requires_role, requires_scope, routes,
};
use rocket::figment::providers::{Format, Toml};
use rocket::local::asynchronous::Client;
use rocket::serde::json::Json;
use rocket::{Build, Rocket, get, post};
use serde_json::{Value, json};

use crate::support::*;

#[requires_auth]
#[get("/me")]
fn me(token: &AccessToken) -> Json<&Claims> {
    Json(token.claims())
}

#[requires_scope("read:orders")]
#[get("/orders")]
fn orders() {}

#[requires_role("admin")]
#[post("/orders", data = "<order>")]
fn order(order: Json<Value>) -> Json<Value> {
    order
}

fn rocket_with(toml: &str) -> Rocket<Build> {
    let figment = quiet().merge(Toml::string(toml).nested());
    rocket::custom(figment)
        .attach(Auth::fairing())
        .mount("/", routes![me, orders, order])
}

fn rocket() -> Rocket<Build> {
    rocket_with("")
}

#[rocket::async_test]
async fn the_default_users_call_the_routes_that_are_theirs() {
    let api = TestApi::start(rocket()).await;
    for (user, read, write) in [("ann", 200, 200), ("ben", 200, 403), ("cleo", 403, 403)] {
        api.as_user(user).get("/orders").expect(read).await;
        let post = api.as_user(user).post("/orders").json(&json!({ "n": 1 }));
        post.expect(write).await;
    }
    let refused = api.anonymous().get("/me").expect(401).await;
    assert_eq!(
        refused.json::<Value>()["code"],
        "authorization_header_missing"
    );
    assert!(refused.header("WWW-Authenticate").is_some());
    let claims: Value = api.as_user("ann").get("/me").expect(200).await.json();
    assert_eq!(claims["sub"], "ann");
}

#[rocket::async_test]
async fn the_users_of_rocket_toml_are_those_of_the_test() {
    let api = TestApi::start(rocket_with(
        "[default.auth]
        roles_claim = '/realm/roles'
        [[debug.auth.local.users]]
        sub = 'dora'
        scope = 'read:orders'
        roles = ['admin']",
    ))
    .await;
    api.as_user("dora").get("/orders").expect(200).await;
    let claims: Value = api.as_user("dora").get("/me").expect(200).await.json();
    assert_eq!(claims["realm"], json!({ "roles": ["admin"] }));
    let weaker = api.as_user("dora").with_scope("write:orders");
    weaker.get("/orders").expect(403).await;
}

#[rocket::async_test]
async fn what_the_application_trusts_gives_way_to_the_test() {
    for toml in [
        "[default.auth]\nissuer = 'https://t.invalid/'\naudience = 'x'\nalgorithms = ['ES256']",
        "[default.auth]\nsecret = '0123456789abcdef0123456789abcdef'\naudience = 'x'",
        "[[debug.auth.issuers]]\nissuer = 'https://t.invalid/'\naudience = 'x'",
    ] {
        let api = TestApi::start(rocket_with(toml)).await;
        api.as_user("ann").get("/orders").expect(200).await;
    }
}

#[rocket::async_test]
async fn several_issuers_have_users_of_their_own() {
    let of = |user: LocalUser| LocalIssuer::builder("https://api.test").users([user]);
    let api = TestApi::builder(rocket())
        .issuer(of(LocalUser::new("dora").with_scope("read:orders")))
        .issuer(of(LocalUser::new("dora").with_scope("")))
        .start()
        .await;
    api.as_user("dora").get("/orders").expect(200).await;
    api.as_user_of(0, "dora").get("/orders").expect(200).await;
    api.as_user_of(1, "dora").get("/orders").expect(403).await;
    let foreign = LocalIssuer::start("https://api.test").await.unwrap();
    api.with_token(foreign.token()).get("/me").expect(401).await;
    let expired = api.issuer(1).token().expired();
    api.with_token(expired).get("/me").expect(401).await;
}

#[test]
fn a_test_need_not_be_asynchronous() {
    let api = blocking::TestApi::start(rocket());
    api.as_user("cleo").get("/orders").expect(403);
    let reply = api.as_user("ann").post("/orders").json(&json!({ "n": 1 }));
    assert_eq!(reply.expect(200).json::<Value>(), json!({ "n": 1 }));
    blocking::TestApi::start(rocket())
        .as_user("ben")
        .get("/orders")
        .expect(200);
}

#[rocket::async_test]
async fn another_status_fails_the_test_with_the_reply() {
    let api = TestApi::start(rocket()).await;
    let test = tokio::spawn(async move {
        api.as_user("cleo").get("/orders").expect(200).await;
    });
    let panic = test.await.unwrap_err().into_panic();
    let message = panic.downcast::<String>().unwrap();
    for part in [
        "test_api.rs",
        "GET /orders as cleo got 403 and not 200",
        "Unauthorized",
    ] {
        assert!(message.contains(part), "{part} is not in {message}");
    }
}

#[rocket::async_test]
async fn an_unknown_user_fails_the_test() {
    let api = TestApi::start(rocket()).await;
    let test = tokio::spawn(async move {
        let _ = api.as_user("nobody");
    });
    assert!(test.await.unwrap_err().is_panic());
}

fn bound(mode: BindingMode) -> Rocket<Build> {
    let auth = Auth::builder()
        .public_url("https://api.test/v1/")
        .dpop(mode)
        .dpop_nonce(true);
    rocket::custom(quiet())
        .attach(auth.fairing())
        .mount("/", routes![me, orders, bound_orders])
}

#[requires_scope("read:orders")]
#[requires_auth(sender_constrained)]
#[get("/bound-orders")]
fn bound_orders() {}

#[rocket::async_test]
async fn callers_of_an_application_that_requires_proofs_send_them() {
    let api = TestApi::start(bound(BindingMode::Require)).await;
    for path in ["/orders", "/bound-orders"] {
        api.as_user("ann").get(path).expect(200).await;
        api.as_user("cleo").get(path).expect(403).await;
        api.anonymous().get(path).expect(401).await;
    }
    let caller = api.as_user("ann");
    let (first, second) = (caller.get("/me"), caller.get("/me"));
    first.expect(200).await;
    second.expect(200).await;
    let claims: Value = caller.get("/me").expect(200).await.json();
    assert!(claims["cnf"]["jkt"].is_string());
    let expired = api.with_token(api.issuer(0).token().expired());
    let refused = expired.get("/me").expect(401).await;
    assert_eq!(refused.json::<Value>()["code"], "token_expired");
}

#[rocket::async_test]
async fn callers_of_an_application_that_allows_proofs_choose() {
    let api = TestApi::start(bound(BindingMode::Allow)).await;
    let ann = api.as_user("ann");
    ann.get("/orders").expect(200).await;
    let refused = ann.get("/bound-orders").expect(401).await;
    assert_eq!(refused.json::<Value>()["code"], "unbound_token");
    ann.bound().get("/bound-orders").expect(200).await;
}

#[test]
fn callers_of_a_blocking_test_may_be_bound() {
    let api = blocking::TestApi::start(bound(BindingMode::Allow));
    let ann = api.as_user("ann").bound();
    ann.get("/bound-orders").expect(200);
}

#[rocket::async_test]
async fn proofs_follow_the_clock_of_the_rocket() {
    let api = TestApi::start(bound(BindingMode::Require)).await;
    let clock = Clock::of(api.client().rocket());
    for _ in 0..2 {
        clock.advance(Duration::from_secs(1000));
        api.as_user("ann").get("/orders").expect(200).await;
    }
    clock.rewind(Duration::from_secs(4000));
    api.as_user("ann").get("/orders").expect(200).await;
}

/// Rocket's local client has neither TLS nor the address of a trusted proxy.
#[rocket::async_test]
async fn a_test_without_client_certificates_says_so() {
    let with_certificates = || {
        let auth = Auth::builder()
            .issuer("https://issuer.test/")
            .audience("https://api.test")
            .mtls(BindingMode::Require)
            .client_certificate_header("Client-Cert")
            .trusted_proxies(["127.0.0.1"]);
        rocket::custom(quiet())
            .attach(auth.fairing())
            .mount("/", routes![me])
    };
    let start = tokio::spawn(async move {
        let client = Client::untracked(with_certificates()).await.unwrap();
        let issuer = LocalIssuer::start("https://api.test").await.unwrap();
        assert_refusals(&client, &issuer).await;
    });
    let refusals = start.await.unwrap_err().into_panic();
    let auth = "[default.auth]
        mtls = 'require'
        client_certificate_header = 'Client-Cert'
        trusted_proxies = ['127.0.0.1']";
    let start = tokio::spawn(async move {
        TestApi::start(rocket_with(auth)).await;
    });
    let api = start.await.unwrap_err().into_panic();
    for panic in [refusals, api] {
        let message = panic.downcast::<&str>().expect("a text");
        assert!(message.contains("set it to \"allow\""), "{message}");
    }
}
