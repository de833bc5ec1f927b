//! What is counted of tokens: each token of a request once, with its outcome, code and source.

use auth_runtime::issuer::LocalIssuer;
use auth_runtime::testing::{BearerExt, Clock, DpopKey};
use auth_runtime::{
    AccessToken, Auth, BindingMode, OptionalToken, public, requires_auth, requires_scope, routes,
};
use rocket::local::asynchronous::Client;
use rocket::{State, get};
use serde_json::json;

use super::{Recorder, expected};
use crate::support::*;

#[requires_scope("a")]
#[get("/many-guards")]
fn many_guards(_a: &AccessToken, _b: OptionalToken<'_>, _c: &AccessToken) {}

#[public]
#[get("/open")]
fn open(_caller: OptionalToken<'_>) {}

#[public]
#[get("/verified?<token>")]
async fn verified(auth: &State<Auth>, token: &str) -> &'static str {
    auth.verify(token)
        .await
        .map_or_else(|error| error.code(), |_| "valid")
}

#[requires_auth]
#[get("/me")]
fn me() {}

async fn api() -> Seed {
    api_with(
        |auth| auth,
        |rocket| rocket.mount("/", routes![many_guards, open, verified, me]),
    )
    .await
}

#[tokio::test]
async fn a_token_counts_once_in_a_request_however_many_guards_ask() {
    let (recorder, seed) = (Recorder::install(), api().await);
    let token = seed.token().scope("a").mint();
    seed.app
        .get_with("/many-guards", &token)
        .await
        .expect_success();
    assert_eq!(
        recorder.series("auth_tokens_total"),
        expected([(r#"{outcome="accepted",code="none",source="verified"}"#, 1.0)])
    );
    assert_eq!(recorder.value("auth_verify_seconds_count"), Some(1.0));
    for _ in 0..3 {
        seed.app
            .get_with("/many-guards", &token)
            .await
            .expect_success();
    }
    assert_eq!(
        recorder.series("auth_tokens_total"),
        expected([
            (r#"{outcome="accepted",code="none",source="verified"}"#, 1.0),
            (
                r#"{outcome="accepted",code="none",source="remembered"}"#,
                3.0
            ),
        ])
    );
}

#[tokio::test]
async fn a_request_without_credentials_counts_no_token() {
    let (recorder, seed) = (Recorder::install(), api().await);
    for path in ["/many-guards", "/open", "/nowhere"] {
        seed.app.get(path).send().await;
        seed.app.get(path).header("Authorization", "").send().await;
    }
    assert_eq!(recorder.series("auth_tokens_total"), expected([]));
}

#[tokio::test]
async fn a_refused_token_counts_with_the_code_of_the_reply() {
    let (recorder, seed) = (Recorder::install(), api().await);
    let token = || seed.token();
    let refused = [
        token().expired().mint(),
        token().other_audience().mint(),
        token().other_issuer().mint(),
        token().other_key().mint(),
        token().unknown_key().mint(),
        "not-a-token".to_owned(),
    ];
    for token in &refused {
        // A public route refuses an invalid token as well.
        for path in ["/me", "/open"] {
            assert_eq!(seed.status(path, token).await, 401);
        }
    }
    let basic = seed.app.get("/me").header("Authorization", "Basic YTpi");
    assert_eq!(basic.send().await.status, 401);
    // The policy denies, and the token is accepted.
    let unscoped = token().mint();
    assert_eq!(seed.status("/many-guards", &unscoped).await, 403);
    assert_eq!(
        recorder.series("auth_tokens_total"),
        expected([
            (r#"{outcome="accepted",code="none",source="verified"}"#, 1.0),
            (
                r#"{outcome="refused",code="invalid_claims",source="verified"}"#,
                4.0
            ),
            (
                r#"{outcome="refused",code="invalid_header",source="verified"}"#,
                7.0
            ),
            (
                r#"{outcome="refused",code="token_expired",source="verified"}"#,
                2.0
            ),
        ])
    );
}

#[tokio::test]
async fn tokens_that_come_in_another_way_count_as_well() {
    let (recorder, seed) = (Recorder::install(), api().await);
    let token = seed.token().mint();
    seed.app
        .get(&format!("/verified?token={token}"))
        .send()
        .await
        .expect_success();
    seed.app
        .get("/verified?token=x")
        .send()
        .await
        .expect_success();
    assert_eq!(
        recorder.series("auth_tokens_total"),
        expected([
            (r#"{outcome="accepted",code="none",source="verified"}"#, 1.0),
            (
                r#"{outcome="refused",code="invalid_header",source="verified"}"#,
                1.0
            ),
        ])
    );
}

#[tokio::test]
async fn a_remembered_token_that_has_expired_counts_as_remembered() {
    let recorder = Recorder::install();
    let issuer = LocalIssuer::start("https://api.test").await.unwrap();
    let auth = Auth::builder()
        .issuer(issuer.url())
        .audience(issuer.audience());
    let rocket = rocket::custom(quiet()).attach(auth.fairing());
    let client = Client::untracked(rocket.mount("/", routes![me])).await;
    let client = client.unwrap();
    let token = issuer.token().mint();
    let status = async || client.get("/me").bearer(&token).dispatch().await.status();
    assert_eq!(status().await.code, 200);
    Clock::of(client.rocket()).advance(std::time::Duration::from_secs(24 * 60 * 60));
    assert_eq!(status().await.code, 401);
    assert_eq!(
        recorder.series("auth_tokens_total"),
        expected([
            (r#"{outcome="accepted",code="none",source="verified"}"#, 1.0),
            (
                r#"{outcome="refused",code="token_expired",source="remembered"}"#,
                1.0
            ),
        ])
    );
}

#[tokio::test]
async fn an_introspected_token_counts_as_introspected_accepted_or_refused() {
    let recorder = Recorder::install();
    let active = json!({
        "active": true, "iss": "https://i.test/", "aud": "https://api.test", "exp": now() + 60,
    });
    let server = IntrospectionServer::start(Says::Json(active)).await;
    let auth = Auth::builder()
        .issuer("https://i.test/")
        .audience("https://api.test")
        .introspection_endpoint(server.uri())
        .client_id("api")
        .client_secret("secret");
    let rocket = rocket::custom(quiet()).attach(auth.fairing());
    let app = App::launch(rocket.mount("/", routes![me])).await;
    app.get_with("/me", "opaque").await.expect_success();
    app.get_with("/me", "opaque").await.expect_success();
    server.say(Says::Json(json!({ "active": false })));
    assert_eq!(app.get_with("/me", "other").await.status, 401);
    server.say(Says::Status(500));
    assert_eq!(app.get_with("/me", "third").await.status, 503);
    assert_eq!(
        recorder.series("auth_tokens_total"),
        expected([
            (
                r#"{outcome="accepted",code="none",source="introspected"}"#,
                2.0
            ),
            (
                r#"{outcome="refused",code="introspection_unavailable",source="introspected"}"#,
                1.0
            ),
            (
                r#"{outcome="refused",code="token_inactive",source="introspected"}"#,
                1.0
            ),
        ])
    );
    let issuer = r#"issuer="https://i.test/""#;
    assert_eq!(
        recorder.series("auth_introspections_total"),
        expected([
            (&format!(r#"{{{issuer},outcome="active"}}"#), 1.0),
            (&format!(r#"{{{issuer},outcome="failed"}}"#), 1.0),
            (&format!(r#"{{{issuer},outcome="inactive"}}"#), 1.0),
        ])
    );
    let asked = recorder.value(&format!("auth_introspection_seconds_count{{{issuer}}}"));
    assert_eq!(asked, Some(3.0));
}

#[tokio::test]
async fn a_proof_counts_with_its_outcome() {
    let recorder = Recorder::install();
    let seed = api_with(
        |auth| {
            auth.public_url("https://api.example.com")
                .dpop(BindingMode::Allow)
        },
        |rocket| rocket.mount("/", routes![me]),
    )
    .await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    let status = async |proof: Option<&str>| {
        let call = seed.app.get("/me");
        let call = call.header("Authorization", &format!("DPoP {token}"));
        let call = match proof {
            Some(proof) => call.header("DPoP", proof),
            None => call,
        };
        call.send().await.status
    };
    let proof = key
        .proof("GET", "https://api.example.com/me", &token)
        .sign();
    assert_eq!(status(Some(&proof)).await, 200);
    assert_eq!(status(Some(&proof)).await, 401);
    let other = key.proof("GET", "https://api.example.com/other", &token);
    let other = other.sign();
    assert_eq!(status(Some(&other)).await, 401);
    assert_eq!(status(None).await, 401);
    assert_eq!(
        recorder.series("auth_dpop_proofs_total"),
        expected([
            (r#"{outcome="accepted"}"#, 1.0),
            (r#"{outcome="failed"}"#, 0.0),
            (r#"{outcome="nonce_required"}"#, 0.0),
            (r#"{outcome="refused"}"#, 1.0),
            (r#"{outcome="replayed"}"#, 1.0),
        ])
    );
    let refused =
        r#"auth_tokens_total{outcome="refused",code="invalid_dpop_proof",source="remembered"}"#;
    assert_eq!(recorder.value(refused), Some(3.0));
}
