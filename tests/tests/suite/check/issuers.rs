//! What the report says of the configuration, of the issuers and of the routes.

use std::time::{Duration, SystemTime};

use auth_runtime::issuer::LocalIssuer;
use auth_runtime::{UndeclaredRoutes, requires_scope, routes, scopes};
use rocket::get;
use serde_json::json;

use super::*;

scopes! {
    mod vocabulary {
        /// Read messages.
        READ_MESSAGES = "read:messages";
    }
}

#[requires_scope("read:mesages")]
#[get("/misspelt")]
fn misspelt() {}

#[requires_scope(vocabulary::READ_MESSAGES)]
#[get("/declared")]
fn declared() {}

#[get("/undeclared")]
fn undeclared() {}

/// The report on an application that takes its keys from this server.
async fn report_on(keys: Answer) -> CheckReport {
    let server = FaultServer::up(keys);
    let auth = Auth::builder()
        .issuer("https://issuer.test/")
        .audience("https://api.test")
        .jwks_uri(server.uri());
    let rocket = ignited(auth, |rocket| rocket.mount("/", routes![declared])).await;
    Auth::check(&rocket, None).await
}

async fn keys_of_an_issuer() -> String {
    let issuer = LocalIssuer::start("https://api.test").await.unwrap();
    let url = format!("{}.well-known/jwks.json", issuer.url());
    let client = http_client();
    client.get(url).send().await.unwrap().text().await.unwrap()
}

const ISSUER: &str = "Issuer https://issuer.test/";

#[tokio::test]
async fn each_value_has_its_source_and_secrets_are_not_shown() {
    let figment = quiet()
        .merge(("auth.audience", "https://api.test"))
        .merge(("auth.secret", "0123456789abcdef0123456789abcdef"))
        .merge(("auth.store", "memory"));
    let auth = Auth::builder().leeway(Duration::from_secs(5));
    let rocket = rocket::custom(figment).attach(auth.fairing());
    let rocket = rocket.ignite().await.expect("the application ignites");
    let report = Auth::check(&rocket, None).await;
    let found = |key: &str| {
        finding(&report, "Configuration", key)["found"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(found("auth.leeway"), "5 (from `Auth::builder()`)");
    assert!(found("auth.audience").starts_with("\"https://api.test\" (from "));
    assert!(found("auth.secret").starts_with("(not shown) (from "));
    assert!(!report.to_string().contains("0123456789"));
}

#[tokio::test]
async fn the_keys_that_are_fetched_now_are_shown_with_those_that_cannot_serve() {
    let mut keys: Value = serde_json::from_str(&keys_of_an_issuer().await).unwrap();
    let list = keys["keys"].as_array_mut().unwrap();
    list.push(json!({ "kty": "RSA", "kid": "for-encryption", "use": "enc" }));
    let report = report_on(Answer::keys(keys.to_string())).await;
    assert!(report.is_ok(), "{report}");
    assert_eq!(finding(&report, ISSUER, "key set")["level"], "ok");
    assert_eq!(
        finding(&report, ISSUER, "keys that are used")["level"],
        "ok"
    );
    let skipped = finding(&report, ISSUER, "key \"for-encryption\" is not used");
    assert_eq!(skipped["found"], "its `use` is not `sig`");
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_are_a_problem_with_a_fix() {
    for (answer, expected) in [
        (
            Answer::status("404 Not Found"),
            "it answered with status 404",
        ),
        (Answer::keys("{}"), "it has no list `keys`"),
        (Answer::keys("<html>"), "it is not JSON"),
    ] {
        let report = report_on(answer).await;
        assert!(!report.is_ok(), "{report}");
        let keys = finding(&report, ISSUER, "keys");
        assert_eq!(keys["level"], "problem");
        assert!(keys["found"].as_str().unwrap().contains(expected), "{keys}");
        assert!(keys["fix"].as_str().unwrap().contains("jwks_uri"), "{keys}");
        assert!(report.to_string().contains("  FAIL  keys: "), "{report}");
    }
}

#[tokio::test]
async fn a_set_without_a_usable_key_is_a_problem() {
    let report = report_on(Answer::keys(r#"{"keys":[]}"#)).await;
    assert_eq!(
        finding(&report, ISSUER, "keys that are used")["level"],
        "problem"
    );
    assert!(!report.is_ok());
}

#[tokio::test]
async fn the_clock_is_compared_with_that_of_the_issuer() {
    let keys = keys_of_an_issuer().await;
    for (seconds, level) in [(0, "ok"), (10, "warning"), (300, "problem")] {
        let date = SystemTime::now() - Duration::from_secs(seconds);
        let header = format!("Date: {}\r\n", httpdate::fmt_http_date(date));
        let report = report_on(Answer::with(&header, keys.clone())).await;
        assert_eq!(
            finding(&report, ISSUER, "clock")["level"],
            level,
            "{report}"
        );
        assert_eq!(report.is_ok(), level != "problem");
    }
    // What a cache has kept for long is not a sign of a wrong clock.
    let date = httpdate::fmt_http_date(SystemTime::now() - Duration::from_secs(300));
    let header = format!("Date: {date}\r\nAge: 300\r\n");
    let report = report_on(Answer::with(&header, keys)).await;
    assert_eq!(finding(&report, ISSUER, "clock")["level"], "ok", "{report}");
}

#[tokio::test]
async fn metadata_are_read_now() {
    let issuer = LocalIssuer::start("https://api.test").await.unwrap();
    let auth = Auth::builder()
        .issuer(issuer.url())
        .audience(issuer.audience())
        .discovery(true);
    let rocket = ignited(auth, |rocket| rocket.mount("/", routes![declared])).await;
    let report = Auth::check(&rocket, None).await;
    let metadata = finding(&report, "Issuer ", "metadata");
    assert_eq!(metadata["level"], "ok");
    let found = metadata["found"].as_str().unwrap();
    assert!(
        found.contains("/.well-known/openid-configuration"),
        "{found}"
    );
}

#[tokio::test]
async fn a_scope_that_no_vocabulary_has_is_a_problem() {
    let auth = || {
        Auth::builder()
            .secret("0123456789abcdef0123456789abcdef")
            .audience("https://api.test")
    };
    let build = |rocket: Rocket<Build>| rocket.mount("/", routes![misspelt, declared]);
    let with = auth().vocabulary(vocabulary::VOCABULARY);
    let report = Auth::check(&ignited(with, build).await, None).await;
    let found = finding(&report, "Scopes", "read:mesages");
    assert_eq!(found["level"], "problem");
    assert!(
        found["fix"]
            .as_str()
            .unwrap()
            .starts_with("write \"read:messages\"")
    );
    assert!(!report.is_ok());

    let report = Auth::check(&ignited(auth(), build).await, None).await;
    assert_eq!(finding(&report, "Scopes", "vocabulary")["level"], "note");
    assert!(report.is_ok(), "{report}");
}

#[tokio::test]
async fn an_undeclared_route_is_a_warning() {
    let auth = Auth::builder()
        .secret("0123456789abcdef0123456789abcdef")
        .audience("https://api.test")
        .undeclared_routes(UndeclaredRoutes::Allow);
    let rocket = ignited(auth, |rocket| {
        rocket.mount("/", rocket::routes![undeclared])
    })
    .await;
    let report = Auth::check(&rocket, None).await;
    assert_eq!(
        finding(&report, "Routes", "GET /undeclared")["level"],
        "warning"
    );
}

#[tokio::test]
async fn a_missing_fairing_is_a_problem() {
    let rocket = rocket::custom(quiet()).ignite().await.expect("it ignites");
    let report = Auth::check(&rocket, None).await;
    assert!(!report.is_ok());
    assert!(report.to_string().contains("Auth::fairing()"), "{report}");
}
