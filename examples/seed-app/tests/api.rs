//! Who may call what. Real tokens, a real issuer, nothing mocked.

use auth_runtime::issuer::LocalIssuer;
use std::time::Duration;

use auth_runtime::testing::{Bearer, Clock, assert_policies, assert_refusals};
use rocket::http::{ContentType, Status};
use rocket::local::asynchronous::Client;
use rocket::serde::json::{Value, json};
use rocket::{Config, figment::Figment};

/// The API as it is deployed, but trusting an issuer of the test's own.
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

/// What `GET` with this token answers.
async fn get(client: &Client, path: &str, token: &str) -> (Status, Value) {
    let response = client.get(path).bearer(token).dispatch().await;
    let status = response.status();
    (status, response.into_json().await.unwrap_or_default())
}

#[rocket::async_test]
async fn who_may_call_what_is_what_was_reviewed() {
    let (client, _issuer) = api().await;
    assert_policies("policies.lock", client.rocket());
}

#[rocket::async_test]
async fn every_protected_route_refuses_what_it_must() {
    let (client, issuer) = api().await;
    assert_refusals(&client, &issuer).await;
}

#[rocket::async_test]
async fn callers_are_told_who_they_are() {
    let (client, issuer) = api().await;
    let token = issuer.token().subject("auth0|42").mint();
    let (status, me) = get(&client, "/api/me", &token).await;
    assert_eq!((status, &me["sub"]), (Status::Ok, &json!("auth0|42")));
}

#[rocket::async_test]
async fn messages_are_for_those_who_may_read_them() {
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
    let late = issuer.token().expired().mint();
    let (status, body) = get(&client, "/api/private", &late).await;
    assert_eq!(
        (status, &body["code"]),
        (Status::Unauthorized, &json!("token_expired"))
    );
}

#[rocket::async_test]
async fn a_token_serves_until_its_time_is_up() {
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
async fn it_is_ready_when_it_has_keys() {
    let (client, _issuer) = api().await;
    for _ in 0..500 {
        let response = client.get("/health").dispatch().await;
        if response.status() == Status::Ok {
            let body: Value = response.into_json().await.expect("health is told as JSON");
            assert_eq!(
                (&body["ready"], &body["issuers"][0]["keys"]),
                (&json!(true), &json!(1))
            );
            return;
        }
        assert_eq!(response.status(), Status::ServiceUnavailable);
        rocket::tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it is never ready");
}

#[rocket::async_test]
async fn a_public_route_asks_for_no_token() {
    let (client, _issuer) = api().await;
    let response = client.get("/api/public").dispatch().await;
    assert_eq!(response.status(), Status::Ok);
}

#[rocket::async_test]
async fn the_playground_loads_and_runs_nothing_but_its_own_files() {
    let (client, _issuer) = api().await;
    let page = client.get("/").dispatch().await;
    assert_eq!(
        (page.status(), page.content_type()),
        (Status::Ok, Some(ContentType::HTML))
    );
    let policy = page.headers().get_one("Content-Security-Policy");
    let policy = policy.expect("the page has one").to_owned();
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    for (file, kind) in [
        ("/playground.js", ContentType::JavaScript),
        ("/playground.css", ContentType::CSS),
        ("/playground.svg", ContentType::SVG),
    ] {
        let reply = client.get(file).dispatch().await;
        assert_eq!(
            (reply.status(), reply.content_type()),
            (Status::Ok, Some(kind))
        );
    }
}

/// Orders a token from the playground.
async fn order(client: &Client, order: Value) -> (Status, Value) {
    let request = client.post("/playground/token").header(ContentType::JSON);
    let response = request.body(order.to_string()).dispatch().await;
    let status = response.status();
    (status, response.into_json().await.unwrap_or_default())
}

#[rocket::async_test]
async fn with_nothing_configured_the_playground_hands_out_tokens() {
    let client = Client::untracked(seed_app::rocket().configure(quiet())).await;
    let client = client.expect("the API launches");
    for (wrong, status) in [
        (json!(null), Status::Ok),
        (json!("expired"), Status::Unauthorized),
        (json!("tampered"), Status::Unauthorized),
    ] {
        let asked = json!({
            "subject": "ada",
            "scopes": [seed_app::scopes::READ_MESSAGES],
            "lifetime": 60,
            "wrong": wrong,
        });
        let (granted, body) = order(&client, asked).await;
        assert_eq!(granted, Status::Ok);
        let token = body["access_token"].as_str().expect("a token is text");
        let (got, _) = get(&client, "/api/private-scoped", token).await;
        assert_eq!(got, status, "{wrong}");
    }
}

/// The local issuer listens on the loopback alone, and the page is no way around it.
#[rocket::async_test]
async fn the_playground_hands_out_tokens_on_the_loopback_alone() {
    let figment = quiet().merge(("address", "0.0.0.0"));
    let client = Client::untracked(seed_app::rocket().configure(figment)).await;
    let client = client.expect("the API launches");
    let asked = json!({ "subject": "ada", "scopes": [], "lifetime": 60 });
    assert_eq!(order(&client, asked).await.0, Status::NotFound);
}

#[rocket::async_test]
async fn with_an_issuer_configured_the_playground_hands_out_none() {
    let (client, _issuer) = api().await;
    let asked = json!({ "subject": "ada", "scopes": [], "lifetime": 60 });
    assert_eq!(order(&client, asked).await.0, Status::NotFound);
}
