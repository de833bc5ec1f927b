//! Tests `POST /backchannel-logout` (OpenID Connect Back-Channel Logout 1.0 §2.6), and breaks one
//! rule at a time.

use auth_runtime::issuer::TokenBuilder;
use serde_json::{Value, json};

use super::{seed_with_revocation, signal_from_local_issuer};
use crate::support::*;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

async fn seed() -> Seed {
    seed_with_revocation([("backchannel_logout", "api-client".into())]).await
}

fn logout_token(seed: &Seed) -> TokenBuilder<'_> {
    seed.issuer
        .logout_token("api-client")
        .claim("sid", "session")
}

async fn post(seed: &Seed, body: String) -> Reply {
    let request = seed
        .app
        .request(reqwest::Method::POST, "/backchannel-logout");
    let form = "application/x-www-form-urlencoded";
    let reply = request.header("Content-Type", form).body(body).send().await;
    assert_eq!(reply.header("Cache-Control"), Some("no-store"));
    reply
}

async fn send(seed: &Seed, token: String) -> Reply {
    post(seed, format!("logout_token={token}")).await
}

#[track_caller]
fn expect_refusal(reply: &Reply) {
    assert_eq!(reply.status, 400, "{reply:?}");
    assert_eq!(reply.json(), json!({ "error": "invalid_request" }));
}

#[tokio::test]
async fn a_logout_token_revokes_the_session() {
    let seed = seed().await;
    let token = |sid: &str| seed.token().claim("sid", sid).mint();
    let (session, other) = (token("session"), token("other"));
    seed.answer(&session).await.expect_success();
    let reply = send(&seed, logout_token(&seed).mint()).await;
    assert_eq!((reply.status, &*reply.body), (200, ""));
    seed.answer(&session).await.expect(&TOKEN_REVOKED);
    seed.answer(&other).await.expect_success();
}

#[tokio::test]
async fn a_logout_token_with_sid_revokes_the_session_and_one_with_only_sub_the_user() {
    let seed = seed().await;
    // The token is issued before the cut-off, however slow the test is.
    let token = |sid: &str| {
        let token = seed.token().subject("user").claim("sid", sid);
        token.claim("iat", now() - 100).mint()
    };
    let both = logout_token(&seed).claim("sub", "user").mint();
    assert_eq!(send(&seed, both).await.status, 200);
    seed.answer(&token("session")).await.expect(&TOKEN_REVOKED);
    seed.answer(&token("other")).await.expect_success();
    let user = logout_token(&seed)
        .without_claim("sid")
        .claim("sub", "user");
    assert_eq!(send(&seed, user.mint()).await.status, 200);
    seed.answer(&token("other")).await.expect(&TOKEN_REVOKED);
}

#[tokio::test]
async fn tokens_issued_up_to_the_signal_are_revoked() {
    let seed = seed().await;
    let then = now() - 100;
    let logout = logout_token(&seed).claim("iat", then).mint();
    assert_eq!(send(&seed, logout).await.status, 200);
    let token = |iat: u64| {
        seed.token()
            .claim("sid", "session")
            .claim("iat", iat)
            .mint()
    };
    seed.answer(&token(then)).await.expect(&TOKEN_REVOKED);
    seed.answer(&token(then + 1)).await.expect_success();
}

#[tokio::test]
async fn a_logout_token_can_be_used_only_once() {
    let seed = seed().await;
    let token = logout_token(&seed).mint();
    assert_eq!(send(&seed, token.clone()).await.status, 200);
    expect_refusal(&send(&seed, token).await);
}

#[tokio::test]
async fn breaking_any_rule_is_a_refusal() {
    let seed = seed().await;
    let with = |name: &str, value: Value| logout_token(&seed).claim(name, value);
    let broken = [
        logout_token(&seed).other_key(),
        logout_token(&seed).tampered(),
        logout_token(&seed).other_issuer(),
        logout_token(&seed).without_claim("iss"),
        logout_token(&seed).without_claim("aud"),
        with("aud", json!("other")),
        with("aud", json!(["api-client", "other"])),
        logout_token(&seed).without_claim("iat"),
        with("iat", json!(now() + 100)),
        with("iat", json!(now() - 700)),
        with("iat", json!("now")),
        logout_token(&seed).without_claim("exp"),
        logout_token(&seed).expired(),
        logout_token(&seed).without_claim("jti"),
        with("jti", json!("")),
        with("jti", json!(1)),
        logout_token(&seed).without_claim("events"),
        with("events", json!({})),
        with("events", json!({ EVENT: true })),
        with("events", json!([EVENT])),
        with("nonce", json!("n")),
        logout_token(&seed).without_claim("sid"),
        with("sid", json!(1)),
        with("sub", json!(1)),
        logout_token(&seed).header("typ", "at+jwt"),
        logout_token(&seed).header("typ", "secevent+jwt"),
        logout_token(&seed).header("typ", 1),
        logout_token(&seed).header("alg", "none"),
        logout_token(&seed).header("alg", "HS256"),
        logout_token(&seed).header("alg", "PS256"),
        logout_token(&seed).header("crit", json!(["x"])),
        // This is an access token of the same issuer.
        seed.token().claim("sid", "session"),
    ];
    for (number, token) in broken.into_iter().enumerate() {
        let token = token.mint();
        let reply = send(&seed, token).await;
        assert_eq!(reply.status, 400, "rule {number}: {reply:?}");
        expect_refusal(&reply);
    }
    let unknown = send(&seed, logout_token(&seed).unknown_key().mint()).await;
    assert!(matches!(unknown.status, 400 | 503), "{unknown:?}");
    let token = seed.token().claim("sid", "session").mint();
    seed.answer(&token).await.expect_success();
}

#[tokio::test]
async fn every_accepted_type_and_audience_is_accepted() {
    let seed = seed().await;
    for typ in ["logout+jwt", "LOGOUT+JWT", "application/logout+jwt", "JWT"] {
        let token = logout_token(&seed).header("typ", typ).mint();
        assert_eq!(send(&seed, token).await.status, 200, "{typ}");
    }
    let token = logout_token(&seed).without_header("typ").mint();
    assert_eq!(send(&seed, token).await.status, 200);
    let token = logout_token(&seed)
        .claim("aud", json!(["api-client"]))
        .mint();
    assert_eq!(send(&seed, token).await.status, 200);
}

#[tokio::test]
async fn a_logout_token_is_sent_as_a_form_parameter() {
    let seed = seed().await;
    let token = logout_token(&seed).mint();
    for body in [
        String::new(),
        "logout_token=".to_owned(),
        format!("token={token}"),
        format!("logout_token={token}&logout_token={token}"),
        token.clone(),
        format!("logout_token={}", "a".repeat(70 << 10)),
    ] {
        expect_refusal(&post(&seed, body).await);
    }
    let request = seed
        .app
        .request(reqwest::Method::POST, "/backchannel-logout");
    let request = request.header("Content-Type", "application/json");
    let reply = request.body(format!("logout_token={token}")).send().await;
    expect_refusal(&reply);
    assert_eq!(
        post(&seed, format!("other=1&logout_token={token}"))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_logout_token_is_not_an_access_token() {
    let seed = seed().await;
    let typed = logout_token(&seed).audience("https://api.test").mint();
    seed.answer(&typed).await.expect(&INVALID_TOKEN);
    let untyped = logout_token(&seed).audience("https://api.test");
    let untyped = untyped.without_header("typ").mint();
    seed.answer(&untyped).await.expect(&INVALID_CLAIMS);
}

#[tokio::test]
async fn without_its_key_the_endpoint_is_missing() {
    let seed = seed_with_revocation([]).await;
    let request = seed
        .app
        .request(reqwest::Method::POST, "/backchannel-logout");
    assert_eq!(request.send().await.status, 404);
}

#[tokio::test]
async fn while_keys_are_unavailable_a_logout_token_gets_503() {
    let issuer = auth_runtime::issuer::LocalIssuer::start("https://api.test")
        .await
        .unwrap();
    let keys = FaultServer::down();
    let figment = quiet()
        .merge(("auth.issuer", issuer.url()))
        .merge(("auth.audience", issuer.audience()))
        .merge(("auth.jwks_uri", keys.uri()))
        .merge(("auth.revocation", true))
        .merge(("auth.backchannel_logout", "api-client"));
    let app = App::launch(seed_app::rocket().configure(figment)).await;
    let token = issuer.logout_token("api-client").claim("sid", "s").mint();
    let request = app.request(reqwest::Method::POST, "/backchannel-logout");
    let request = request.header("Content-Type", "application/x-www-form-urlencoded");
    let reply = request.body(format!("logout_token={token}")).send().await;
    reply.expect(&KEYS_UNAVAILABLE);
    assert_eq!(reply.header("Cache-Control"), Some("no-store"));
}

#[tokio::test]
async fn the_local_issuer_delivers_logout_tokens() {
    let seed = seed().await;
    let uri = format!("http://127.0.0.1:{}/backchannel-logout", seed.app.port());
    let form = format!("audience=api-client&sub=user&uri={uri}");
    let delivered = signal_from_local_issuer(&seed, "logout", form).await;
    assert_eq!(delivered, json!({ "status": 200 }));
    let token = seed
        .token()
        .subject("user")
        .claim("iat", now() - 100)
        .mint();
    seed.answer(&token).await.expect(&TOKEN_REVOKED);
}
