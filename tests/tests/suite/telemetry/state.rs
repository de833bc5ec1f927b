//! Key sets, remembered tokens, revocations and the store.

use auth_runtime::testing::DpopKey;
use auth_runtime::{Auth, BindingMode, requires_auth, routes};
use rocket::get;

use super::{Recorder, expected};
use crate::support::*;

#[requires_auth]
#[get("/me")]
fn me() {}

#[tokio::test]
async fn fetches_and_keys_count_by_issuer() {
    let recorder = Recorder::install();
    let seed = api(routes![me]).await;
    let issuer = format!(r#"issuer="{}""#, seed.issuer.url());
    let keys = format!("auth_keys{{{issuer}}}");
    eventually("the keys are counted", || async {
        recorder.value(&keys) == Some(1.0)
    })
    .await;
    let fetches = || recorder.series("auth_key_fetches_total");
    let of = |outcome: &str| format!(r#"{{{issuer},outcome="{outcome}"}}"#);
    let (failed, succeeded) = (of("failed"), of("succeeded"));
    assert_eq!(fetches(), expected([(&failed, 0.0), (&succeeded, 1.0)]));
    seed.status("/me", &seed.token().unknown_key().mint()).await;
    assert_eq!(fetches(), expected([(&failed, 0.0), (&succeeded, 2.0)]));
    let age = format!("auth_key_set_age_seconds{{{issuer}}}");
    eventually("the age is shown", || async {
        recorder.value(&age).is_some_and(|age| age < 60.0)
    })
    .await;
}

#[tokio::test]
async fn a_failed_fetch_counts_and_leaves_no_keys() {
    let recorder = Recorder::install();
    let down = FaultServer::up(Answer::status("500 Internal Server Error"));
    let seed = api_with(
        |auth| auth.jwks_uri(down.uri()),
        |rocket| rocket.mount("/", routes![me]),
    )
    .await;
    let issuer = format!(r#"issuer="{}""#, seed.issuer.url());
    let failed = format!(r#"auth_key_fetches_total{{{issuer},outcome="failed"}}"#);
    eventually("the fetch has failed", || async {
        recorder.value(&failed).is_some_and(|count| count >= 1.0)
    })
    .await;
    assert_eq!(recorder.value(&format!("auth_keys{{{issuer}}}")), Some(0.0));
    let age = format!("auth_key_set_age_seconds{{{issuer}}}");
    assert_eq!(recorder.value(&age), None);
}

#[tokio::test]
async fn remembered_tokens_and_revocations_are_gauges() {
    let recorder = Recorder::install();
    let seed = api_with(
        |auth| auth.revocation(true),
        |rocket| rocket.mount("/", routes![me]),
    )
    .await;
    let tokens = [
        seed.token().subject("a").mint(),
        seed.token().subject("b").mint(),
    ];
    for token in &tokens {
        assert_eq!(seed.status("/me", token).await, 200);
    }
    eventually("both tokens are counted", || async {
        recorder.value("auth_remembered_tokens") == Some(2.0)
    })
    .await;
    let bytes = recorder.value("auth_remembered_bytes").unwrap();
    assert!((1024.0..16_384.0).contains(&bytes), "{bytes}");
    assert_eq!(recorder.value("auth_revocations"), Some(0.0));
}

#[tokio::test]
async fn what_the_shared_store_does_not_perform_counts() {
    let recorder = Recorder::install();
    let mut redis = RedisServer::down(&[]);
    let issuer = auth_runtime::issuer::LocalIssuer::start("https://api.test")
        .await
        .unwrap();
    let auth = Auth::builder()
        .issuer(issuer.url())
        .audience(issuer.audience())
        .revocation(true)
        .public_url("https://api.example.com")
        .dpop(BindingMode::Allow)
        .store(redis.url());
    let rocket = rocket::custom(quiet()).attach(auth.fairing());
    let app = App::launch(rocket.mount("/", routes![me])).await;
    let errors = || recorder.value("auth_store_errors_total").unwrap();
    eventually("the launch and the copy have failed", || async {
        errors() >= 2.0
    })
    .await;
    assert_eq!(recorder.value("auth_revocations_age_seconds"), None);
    if !redis.start().await {
        return;
    }
    let key = DpopKey::generate();
    let token = issuer.token().bound_to(&key).mint();
    eventually("the copy is loaded", || async {
        let proof = key
            .proof("GET", "https://api.example.com/me", &token)
            .sign();
        let call = app
            .get("/me")
            .header("Authorization", &format!("DPoP {token}"));
        call.header("DPoP", &proof).send().await.status == 200
    })
    .await;
    eventually("the age of the copy is shown", || async {
        recorder
            .value("auth_revocations_age_seconds")
            .is_some_and(|age| age < 60.0)
    })
    .await;
    drop(redis);
    let before = errors();
    let proof = key
        .proof("GET", "https://api.example.com/me", &token)
        .sign();
    let call = app
        .get("/me")
        .header("Authorization", &format!("DPoP {token}"));
    assert_eq!(call.header("DPoP", &proof).send().await.status, 503);
    assert!(errors() > before);
    let failed = recorder.value(r#"auth_dpop_proofs_total{outcome="failed"}"#);
    assert!(failed.is_some_and(|count| count >= 1.0), "{failed:?}");
}
