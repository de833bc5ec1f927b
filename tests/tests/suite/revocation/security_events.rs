//! Tests `POST /security-events` (RFC 8935), and breaks one rule at a time.

use auth_runtime::issuer::TokenBuilder;
use serde_json::{Value, json};

use super::{seed_with_revocation, signal_from_local_issuer};
use crate::support::*;

const AUDIENCE: &str = "https://api.test/events";
const REVOKED: &str = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";
const OTHERS: [&str; 3] = [
    "https://schemas.openid.net/secevent/caep/event-type/credential-change",
    "https://schemas.openid.net/secevent/risc/event-type/account-disabled",
    "https://schemas.openid.net/secevent/risc/event-type/account-credential-change-required",
];

async fn seed() -> Seed {
    seed_with_revocation([("security_events", AUDIENCE.into())]).await
}

fn user(seed: &Seed, sub: &str) -> Value {
    json!({ "format": "iss_sub", "iss": seed.issuer.url(), "sub": sub })
}

fn event(seed: &Seed) -> TokenBuilder<'_> {
    let token = seed.issuer.security_event(AUDIENCE, REVOKED);
    token.claim("sub_id", user(seed, "user"))
}

async fn send_as(seed: &Seed, content_type: &str, token: String) -> Reply {
    let request = seed.app.request(reqwest::Method::POST, "/security-events");
    let request = request.header("Content-Type", content_type);
    let reply = request.body(token).send().await;
    assert_eq!(reply.header("Cache-Control"), Some("no-store"));
    reply
}

async fn send(seed: &Seed, token: String) -> Reply {
    send_as(seed, "application/secevent+jwt", token).await
}

#[track_caller]
fn expect_refusal(reply: &Reply, code: &str) {
    assert_eq!(reply.status, 400, "{reply:?}");
    assert_eq!(reply.header("Content-Type"), Some("application/json"));
    let body = reply.json();
    assert_eq!(body["err"], code, "{body}");
    assert!(body["description"].is_string() && body.as_object().unwrap().len() == 2);
}

#[tokio::test]
async fn each_revoking_event_revokes_its_subject() {
    for name in OTHERS.into_iter().chain([REVOKED]) {
        let seed = seed().await;
        let token = seed.token().subject("user").mint();
        seed.answer(&token).await.expect_success();
        let event = event(&seed).claim("events", json!({ name: {} }));
        let reply = send(&seed, event.mint()).await;
        assert_eq!((reply.status, &*reply.body), (202, ""), "{name}");
        seed.answer(&token).await.expect(&TOKEN_REVOKED);
        let other = seed.token().subject("other").mint();
        seed.answer(&other).await.expect_success();
    }
}

#[tokio::test]
async fn an_opaque_subject_is_a_session_at_the_top_or_inside_the_event() {
    let seed = seed().await;
    let session = |id: &str| json!({ "format": "opaque", "id": id });
    let top = event(&seed).claim("sub_id", session("top")).mint();
    let inside = event(&seed).without_claim("sub_id");
    let inside = inside.claim(
        "events",
        json!({ REVOKED: { "subject": session("inside") } }),
    );
    for token in [top, inside.mint()] {
        assert_eq!(send(&seed, token).await.status, 202);
    }
    for sid in ["top", "inside"] {
        let token = seed
            .token()
            .claim("sid", sid)
            .claim("iat", now() - 100)
            .mint();
        seed.answer(&token).await.expect(&TOKEN_REVOKED);
    }
}

#[tokio::test]
async fn tokens_issued_up_to_the_event_are_revoked_and_a_second_delivery_changes_nothing() {
    let seed = seed().await;
    let token = |iat: u64| seed.token().subject("user").claim("iat", iat).mint();
    let then = now() - 1000;
    let event = event(&seed).claim("iat", then).mint();
    for _ in 0..2 {
        assert_eq!(send(&seed, event.clone()).await.status, 202);
        seed.answer(&token(then)).await.expect(&TOKEN_REVOKED);
        seed.answer(&token(then + 1)).await.expect_success();
    }
}

#[tokio::test]
async fn other_events_and_unknown_subjects_are_accepted_without_effect() {
    let seed = seed().await;
    let other = json!({ "https://schemas.openid.net/secevent/ssf/event-type/verification": {} });
    let tokens = [
        event(&seed).claim("events", other),
        event(&seed).claim("sub_id", json!({ "format": "email", "email": "a@b.test" })),
        event(&seed).claim(
            "sub_id",
            json!({ "format": "iss_sub", "iss": "x", "sub": "user" }),
        ),
        event(&seed).without_claim("sub_id"),
    ];
    for token in tokens {
        assert_eq!(send(&seed, token.mint()).await.status, 202);
    }
    let token = seed.token().subject("user").mint();
    seed.answer(&token).await.expect_success();
}

#[tokio::test]
async fn breaking_any_rule_is_a_refusal() {
    let seed = seed().await;
    let with = |name: &str, value: Value| event(&seed).claim(name, value);
    let broken = [
        (event(&seed).other_key(), "invalid_key"),
        (event(&seed).tampered(), "invalid_key"),
        (event(&seed).other_issuer(), "invalid_issuer"),
        (event(&seed).without_claim("iss"), "invalid_request"),
        (event(&seed).without_claim("aud"), "invalid_audience"),
        (with("aud", json!("https://api.test")), "invalid_audience"),
        (event(&seed).without_claim("jti"), "invalid_request"),
        (with("jti", json!("")), "invalid_request"),
        (event(&seed).without_claim("iat"), "invalid_request"),
        (with("iat", json!(now() + 100)), "invalid_request"),
        (with("exp", json!(now() + 100)), "invalid_request"),
        (event(&seed).without_claim("events"), "invalid_request"),
        (with("events", json!({})), "invalid_request"),
        (with("events", json!({ REVOKED: 1 })), "invalid_request"),
        (event(&seed).without_header("typ"), "invalid_request"),
        (event(&seed).header("typ", "JWT"), "invalid_request"),
        (event(&seed).header("typ", "logout+jwt"), "invalid_request"),
        (event(&seed).header("typ", "at+jwt"), "invalid_request"),
        (event(&seed).header("alg", "none"), "invalid_request"),
    ];
    for (token, code) in broken {
        expect_refusal(&send(&seed, token.mint()).await, code);
    }
    for body in ["", "x", "a.b.c"] {
        expect_refusal(&send(&seed, body.to_owned()).await, "invalid_request");
    }
    for content_type in ["application/jwt", "application/json", "text/plain"] {
        let reply = send_as(&seed, content_type, event(&seed).mint()).await;
        expect_refusal(&reply, "invalid_request");
    }
    let token = seed.token().subject("user").mint();
    seed.answer(&token).await.expect_success();
}

#[tokio::test]
async fn the_local_issuer_pushes_security_events() {
    let seed = seed().await;
    let uri = format!("http://127.0.0.1:{}/security-events", seed.app.port());
    let form = format!("audience={AUDIENCE}&event={REVOKED}&sub=user&uri={uri}");
    let pushed = signal_from_local_issuer(&seed, "push-event", form).await;
    assert_eq!(pushed, json!({ "status": 202 }));
    let token = seed
        .token()
        .subject("user")
        .claim("iat", now() - 100)
        .mint();
    seed.answer(&token).await.expect(&TOKEN_REVOKED);
}
