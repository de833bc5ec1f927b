//! Tests of who may call what, with real tokens from a real issuer. Nothing is mocked.

use std::time::Duration;

use auth_runtime::issuer::LocalIssuer;
use auth_runtime::testing::{BearerExt, Clock, assert_policies, assert_refusals};
use rocket::http::Status;
use rocket::local::asynchronous::Client;
use rocket::serde::json::{Value, json};
use rocket::{Config, figment::Figment};

/// Launches the API as it is deployed, except that it trusts an issuer of the test.
async fn api() -> (Client, LocalIssuer) {
    let issuer = LocalIssuer::start("https://api.test").await;
    let issuer = issuer.expect("the issuer starts");
    let figment = quiet()
        .merge(("auth.issuer", issuer.url()))
        .merge(("auth.audience", issuer.audience()));
    let client = Client::untracked(seed_app::rocket().configure(figment)).await;
    (client.expect("the API launches"), issuer)
}

fn quiet() -> Figment {
    Figment::from(Config::debug_default()).merge(("log_level", "off"))
}

/// Sends `GET` with this token.
async fn get(client: &Client, path: &str, token: &str) -> (Status, Value) {
    let response = client.get(path).bearer(token).dispatch().await;
    let status = response.status();
    (status, response.into_json().await.unwrap_or_default())
}

#[rocket::async_test]
async fn the_policies_are_the_reviewed_ones() {
    let (client, _issuer) = api().await;
    assert_policies("policies.lock", client.rocket());
}

#[rocket::async_test]
async fn every_protected_route_gives_every_refusal() {
    let (client, issuer) = api().await;
    assert_refusals(&client, &issuer).await;
}

#[rocket::async_test]
async fn me_answers_with_the_claims_of_the_caller() {
    let (client, issuer) = api().await;
    let token = issuer.token().subject("auth0|42").mint();
    let (status, me) = get(&client, "/api/me", &token).await;
    assert_eq!((status, &me["sub"]), (Status::Ok, &json!("auth0|42")));
}

#[rocket::async_test]
async fn a_message_requires_the_scope_to_read_messages() {
    let (client, issuer) = api().await;

    let reader = issuer.token().scope(seed_app::scopes::READ_MESSAGES).mint();
    let (status, _) = get(&client, "/api/private-scoped", &reader).await;
    assert_eq!(status, Status::Ok);

    let writer = issuer.token().scope("write:messages").mint();
    let (status, body) = get(&client, "/api/private-scoped", &writer).await;
    assert_eq!(
        (status, &body["code"]),
        (Status::Forbidden, &json!("Unauthorized"))
    );
}

#[rocket::async_test]
async fn an_expired_token_is_refused_with_token_expired() {
    let (client, issuer) = api().await;
    let expired = issuer.token().expired().mint();
    let (status, body) = get(&client, "/api/private", &expired).await;
    assert_eq!(
        (status, &body["code"]),
        (Status::Unauthorized, &json!("token_expired"))
    );
}

#[rocket::async_test]
async fn a_token_is_accepted_until_it_expires() {
    let (client, issuer) = api().await;
    let clock = Clock::of(client.rocket());
    let token = issuer.token().lifetime(Duration::from_secs(600)).mint();

    clock.advance(Duration::from_secs(590));
    let (status, _) = get(&client, "/api/private", &token).await;
    assert_eq!(status, Status::Ok);

    clock.advance(Duration::from_secs(10));
    let (status, body) = get(&client, "/api/private", &token).await;
    assert_eq!(
        (status, &body["code"]),
        (Status::Unauthorized, &json!("token_expired"))
    );
}

#[rocket::async_test]
async fn the_api_is_ready_once_it_has_keys() {
    let (client, _issuer) = api().await;
    for _ in 0..500 {
        let response = client.get("/health").dispatch().await;
        if response.status() == Status::Ok {
            let body: Value = response.into_json().await.expect("the reply is JSON");
            assert_eq!(
                (&body["ready"], &body["issuers"][0]["keys"]),
                (&json!(true), &json!(1))
            );
            return;
        }
        assert_eq!(response.status(), Status::ServiceUnavailable);
        rocket::tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the API did not become ready");
}

#[rocket::async_test]
async fn a_public_route_needs_no_token() {
    let (client, _issuer) = api().await;
    let response = client.get("/api/public").dispatch().await;
    assert_eq!(response.status(), Status::Ok);
}

#[rocket::async_test]
async fn a_remote_caller_does_not_see_the_console() {
    let (client, _issuer) = api().await;
    for path in ["/", "/_auth", "/_auth/overview"] {
        let remote = client.get(path).remote(([10, 0, 0, 1], 8000).into());
        assert_eq!(remote.dispatch().await.status(), Status::NotFound, "{path}");
    }
}
