//! Tests `GET /metrics` of the seed app, in a separate process, so that its recorder only sees known
//! requests.

use auth_runtime::issuer::LocalIssuer;
use reqwest::{Client, Response};

use super::{expected, series, value};
use crate::support::*;

struct Scraped {
    app: SeedProcess,
    issuer: LocalIssuer,
    client: Client,
}

impl Scraped {
    async fn start() -> Self {
        let issuer = LocalIssuer::start("https://api.test").await.unwrap();
        let keys = format!(
            r#"{{issuer="{}",audience="https://api.test"}}"#,
            issuer.url()
        );
        Self {
            app: SeedProcess::start(&[("ROCKET_AUTH", &keys)], &[]),
            issuer,
            client: http_client(),
        }
    }

    async fn get(&self, path: &str, token: Option<&str>) -> Response {
        let call = self.client.get(format!("{}{path}", self.app.url().await));
        let call = match token {
            Some(token) => call.bearer_auth(token),
            None => call,
        };
        call.send().await.unwrap()
    }
}

#[tokio::test]
async fn metrics_are_for_the_scope_to_read_them() {
    let scraped = Scraped::start().await;
    assert_eq!(scraped.get("/metrics", None).await.status(), 401);
    let other = scraped.issuer.token().scope("read:messages").mint();
    let denied = scraped.get("/metrics", Some(&other)).await;
    assert_eq!(denied.status(), 403);
    let challenge = denied.headers()["WWW-Authenticate"].to_str().unwrap();
    assert_eq!(
        challenge,
        r#"Bearer error="insufficient_scope", scope="read:metrics""#
    );
    let reader = scraped.issuer.token().scope("read:metrics").mint();
    let reply = scraped.get("/metrics", Some(&reader)).await;
    assert_eq!(reply.status(), 200);
    assert_eq!(
        reply.headers()["Content-Type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let output = scraped.app.stop().await;
    assert!(
        output.contains(
            r#"GET /metrics (seed_app::metrics::metrics): requires_scope("read:metrics")"#
        ),
        "{output}"
    );
}

#[tokio::test]
async fn metrics_are_exact_after_known_requests() {
    let scraped = Scraped::start().await;
    let token = |scope: &str| scraped.issuer.token().scope(scope).mint();
    let (reader, expired) = (
        token("read:metrics"),
        scraped.issuer.token().expired().mint(),
    );
    let messages = token("read:messages");
    for (path, token, status) in [
        ("/ping", None, 200),
        ("/api/me", None, 401),
        ("/api/me", Some(&messages), 200),
        ("/api/me", Some(&messages), 200),
        ("/api/private-scoped", Some(&messages), 200),
        ("/api/private-scoped", Some(&reader), 403),
        ("/api/private", Some(&expired), 401),
        ("/nowhere", Some(&messages), 404),
    ] {
        let reply = scraped.get(path, token.map(String::as_str)).await;
        assert_eq!(reply.status(), status, "{path}");
    }
    let text = scraped
        .get("/metrics", Some(&reader))
        .await
        .text()
        .await
        .unwrap();
    assert_eq!(
        series(&text, "auth_tokens_total"),
        expected([
            (
                r#"{outcome="accepted",code="none",source="remembered"}"#,
                3.0
            ),
            (r#"{outcome="accepted",code="none",source="verified"}"#, 2.0),
            (
                r#"{outcome="refused",code="token_expired",source="verified"}"#,
                1.0
            ),
        ])
    );
    assert_eq!(
        series(&text, "auth_decisions_total"),
        expected([
            (r#"{route="GET /api/me",outcome="allowed"}"#, 2.0),
            (r#"{route="GET /api/me",outcome="unauthenticated"}"#, 1.0),
            (
                r#"{route="GET /api/private",outcome="unauthenticated"}"#,
                1.0
            ),
            (
                r#"{route="GET /api/private-scoped",outcome="allowed"}"#,
                1.0
            ),
            (r#"{route="GET /api/private-scoped",outcome="denied"}"#, 1.0),
            (r#"{route="GET /metrics",outcome="allowed"}"#, 1.0),
        ])
    );
    assert_eq!(value(&text, "auth_verify_seconds_count"), Some(6.0));
    let bucket = value(&text, r#"auth_verify_seconds_bucket{le="10"}"#);
    assert_eq!(bucket, Some(6.0));
    assert_eq!(value(&text, "auth_store_errors_total"), Some(0.0));
    let keys = format!(r#"auth_keys{{issuer="{}"}}"#, scraped.issuer.url());
    assert_eq!(value(&text, &keys), Some(1.0));
    for part in reader.split('.') {
        assert!(!text.contains(part), "{text}");
    }
}
