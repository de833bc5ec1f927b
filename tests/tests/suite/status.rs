//! Tests `Auth::status`, which a readiness endpoint can use.

use std::time::Duration;

use auth_runtime::issuer::LocalIssuer;
use auth_runtime::{Auth, IssuerStatus};
use rocket::figment::providers::{Format, Toml};
use rocket::local::asynchronous::Client;
use serde_json::Value;

use crate::support::*;

async fn ignited(table: &str) -> Client {
    let figment = quiet().merge(Toml::string(&format!("[default.auth]\n{table}")).nested());
    let rocket = rocket::custom(figment).attach(Auth::fairing());
    Client::untracked(rocket).await.expect("it launches")
}

fn status(client: &Client) -> Vec<IssuerStatus> {
    let auth = client.rocket().state::<Auth>();
    auth.expect("the fairing is attached").status()
}

/// Returns the status of the only issuer.
fn only(client: &Client) -> IssuerStatus {
    let mut all = status(client);
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn kids(status: &IssuerStatus) -> Vec<Option<String>> {
    status.key_ids().map(|kid| kid.map(str::to_owned)).collect()
}

#[tokio::test]
async fn the_status_names_fetched_keys_with_their_age() {
    let issuer = LocalIssuer::start("https://api.test").await.unwrap();
    let client = ignited(&format!(
        "issuer = '{}'\naudience = 'https://api.test'",
        issuer.url()
    ))
    .await;
    eventually("the keys", || async { only(&client).is_ready() }).await;
    let status = only(&client);
    assert_eq!(status.names(), [issuer.url()]);
    assert_eq!(kids(&status), [Some(issuer.kid())]);
    assert!(
        status
            .age()
            .is_some_and(|age| age < Duration::from_secs(60))
    );
    assert_eq!(status.last_error(), None);
}

#[tokio::test]
async fn the_last_error_is_reported_until_keys_arrive() {
    let mut server = FaultServer::down();
    let client = ignited(&format!(
        "issuer = 'https://issuer.invalid/'\naudience = 'a'\njwks_uri = '{}'",
        server.uri()
    ))
    .await;
    eventually("an error", || async {
        only(&client).last_error().is_some()
    })
    .await;
    let down = only(&client);
    assert!(!down.is_ready());
    assert_eq!((kids(&down), down.age()), (Vec::new(), None));

    // A set without a usable key is valid, but cannot verify any token.
    server.keys(Answer::keys(r#"{"keys":[]}"#.to_owned()));
    server.listen();
    eventually("a set", || async { only(&client).age().is_some() }).await;
    let empty = only(&client);
    assert_eq!((empty.is_ready(), empty.last_error()), (false, None));
}

#[tokio::test]
async fn keys_stay_while_the_issuer_fails_and_the_error_is_reported() {
    let issuer = LocalIssuer::start("https://api.test").await.unwrap();
    let server = FaultServer::up(Answer::keys(issuer.jwks()));
    let client = ignited(&format!(
        "issuer = '{}'\naudience = 'a'\njwks_uri = '{}'\njwks_cache_ttl = 1",
        issuer.url(),
        server.uri()
    ))
    .await;
    eventually("the keys", || async { only(&client).is_ready() }).await;
    server.keys(Answer::status("500 Internal Server Error"));
    eventually("an error", || async {
        only(&client).last_error().is_some()
    })
    .await;
    let failing = only(&client);
    assert!(failing.is_ready());
    assert!(
        failing
            .last_error()
            .is_some_and(|error| error.contains("500"))
    );
    assert!(failing.age().is_some());
}

#[tokio::test]
async fn configured_keys_are_ready_and_have_no_age() {
    let client = ignited("audience = 'a'\nsecret = '01234567890123456789012345678901'").await;
    let status = only(&client);
    assert_eq!(status.names(), [""; 0]);
    assert_eq!(kids(&status), [None]);
    assert!(status.is_ready() && status.age().is_none() && status.last_error().is_none());
}

#[tokio::test]
async fn the_seed_app_reports_its_health_without_an_error_text() {
    let mut server = FaultServer::down();
    let keys = format!(
        r#"{{issuer="https://issuer.invalid/",audience="a",jwks_uri="{}"}}"#,
        server.uri()
    );
    let app = SeedProcess::start(&[("ROCKET_AUTH", &*keys)], &[]);
    let url = format!("{}/health", app.url().await);
    let get = async || {
        let client = http_client();
        let reply = client.get(&url).send().await.unwrap();
        let status = reply.status().as_u16();
        let body: Value = serde_json::from_str(&reply.text().await.unwrap()).unwrap();
        (status, body)
    };
    eventually("an error", || async {
        get().await.1["issuers"][0]["failing"] == true
    })
    .await;
    let (status, body) = get().await;
    assert_eq!(status, 503);
    assert_eq!(
        body,
        serde_json::json!({
            "ready": false,
            "issuers": [{
                "issuer": ["https://issuer.invalid/"], "keys": 0, "age_seconds": null, "failing": true,
            }],
        })
    );
    let issuer = LocalIssuer::start("a").await.unwrap();
    server.keys(Answer::keys(issuer.jwks()));
    server.listen();
    eventually("readiness", || async { get().await.0 == 200 }).await;
    let (_, body) = get().await;
    assert_eq!(body["ready"], true);
    assert_eq!(body["issuers"][0]["keys"], 1);
    assert_eq!(body["issuers"][0]["failing"], false);
}
