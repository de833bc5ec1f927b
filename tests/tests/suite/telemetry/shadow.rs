//! Shadow verification: who would be refused by a stricter configuration.

use auth_runtime::testing::DpopKey;
use auth_runtime::{
    AccessToken, Auth, AuthBuilder, BindingMode, ShadowRules, TokenType, requires_auth, routes,
};
use rocket::serde::json::{Value, json};
use rocket::{State, get};

use super::{Recorder, expected};
use crate::support::*;

#[requires_auth]
#[get("/me")]
fn me(_token: &AccessToken) {}

/// Shows what the application knows of the shadow configuration.
#[requires_auth]
#[get("/report")]
fn report(auth: &State<Auth>) -> Value {
    let report = auth.shadow_report();
    let counts = report
        .iter()
        .map(|count| json!([count.client(), count.code(), count.count()]));
    counts.collect()
}

async fn shadowed(rules: ShadowRules) -> Seed {
    shadowed_with(rules, |auth| auth).await
}

async fn shadowed_with(
    rules: ShadowRules,
    configure: impl FnOnce(AuthBuilder) -> AuthBuilder,
) -> Seed {
    api_with(
        |auth| configure(auth.shadow(rules)),
        |rocket| rocket.mount("/", routes![me, report]),
    )
    .await
}

fn shadow_series(recorder: &Recorder) -> std::collections::BTreeMap<String, f64> {
    recorder.series("auth_shadow_tokens_total")
}

#[tokio::test]
async fn accepted_tokens_count_by_client_and_by_the_code_that_they_would_get() {
    let recorder = Recorder::install();
    let rules = ShadowRules::default().audience("https://new.test");
    let seed = shadowed(rules).await;
    let token = |client: &str| seed.token().claim("client_id", client);
    let both = json!(["https://api.test", "https://new.test"]);
    let ready = token("shop").claim("aud", both).mint();
    let behind = token("batch").mint();
    for token in [&ready, &behind, &behind] {
        assert_eq!(seed.status("/me", token).await, 200);
    }
    // What is refused now is not judged.
    for token in [token("x").expired().mint(), token("x").other_key().mint()] {
        assert_eq!(seed.status("/me", &token).await, 401);
    }
    assert_eq!(
        shadow_series(&recorder),
        expected([
            (r#"{outcome="accepted",code="none",client="shop"}"#, 1.0),
            (
                r#"{outcome="refused",code="invalid_claims",client="batch"}"#,
                2.0
            ),
        ])
    );
    let report = seed.app.get_with("/report", &ready).await;
    assert_eq!(
        report.json(),
        json!([["batch", "invalid_claims", 2], ["shop", null, 2]])
    );
}

#[tokio::test]
async fn each_rule_judges_as_it_would_in_force() {
    let recorder = Recorder::install();
    let judge = async |rules: ShadowRules, claims: &[(&str, Value)], header: &[(&str, &str)]| {
        let seed = shadowed(rules).await;
        let mut token = seed.token().claim("client_id", "c");
        for (name, value) in claims {
            token = token.claim(name, value.clone());
        }
        for (name, value) in header {
            token = token.header(name, *value);
        }
        let before = shadow_series(&recorder);
        assert_eq!(seed.status("/me", &token.mint()).await, 200);
        let counted = shadow_series(&recorder);
        let changed = counted
            .iter()
            .find(|(series, count)| before.get(*series) != Some(*count));
        changed.map(|(series, _)| series.clone()).unwrap()
    };
    let rules = ShadowRules::default;
    let refused = |code: &str| format!(r#"{{outcome="refused",code="{code}",client="c"}}"#);
    let accepted = r#"{outcome="accepted",code="none",client="c"}"#.to_owned();
    let minute = std::time::Duration::from_secs(60);

    let at_jwt = || rules().token_type(TokenType::AtJwt);
    assert_eq!(
        judge(at_jwt(), &[], &[("typ", "JWT")]).await,
        refused("invalid_header")
    );
    let profile = [("jti", json!("1")), ("iat", json!(now()))];
    assert_eq!(
        judge(at_jwt(), &profile, &[("typ", "at+jwt")]).await,
        accepted
    );
    assert_eq!(
        judge(rules().algorithms("ES256"), &[], &[]).await,
        refused("invalid_header")
    );
    assert_eq!(judge(rules().algorithms("RS256"), &[], &[]).await, accepted);
    let short = || rules().max_token_lifetime(minute);
    let long = [("iat", json!(now())), ("exp", json!(now() + 3600))];
    assert_eq!(judge(short(), &long, &[]).await, refused("invalid_claims"));
    let brief = [("iat", json!(now())), ("exp", json!(now() + 30))];
    assert_eq!(judge(short(), &brief, &[]).await, accepted);
    assert_eq!(
        judge(rules().require_dpop(), &[], &[]).await,
        refused("invalid_header")
    );
    assert_eq!(
        judge(rules().require_mtls(), &[], &[]).await,
        refused("unbound_token")
    );
}

#[tokio::test]
async fn a_rule_does_not_concern_tokens_that_it_would_not_concern_in_force() {
    let recorder = Recorder::install();
    // An introspected token may lack `iat` and `exp`, however long tokens may live.
    let active = json!({
        "active": true, "iss": "https://i.test/", "aud": "https://api.test", "client_id": "asked",
    });
    let server = IntrospectionServer::start(Says::Json(active)).await;
    let minute = std::time::Duration::from_secs(60);
    let auth = Auth::builder()
        .issuer("https://i.test/")
        .audience("https://api.test")
        .introspection_endpoint(server.uri())
        .client_id("api")
        .client_secret("secret")
        .shadow(ShadowRules::default().max_token_lifetime(minute));
    let rocket = rocket::custom(quiet()).attach(auth.fairing());
    let app = App::launch(rocket.mount("/", routes![me])).await;
    app.get_with("/me", "opaque").await.expect_success();

    // During a migration, HS256 is accepted by the secret, whatever the algorithms are.
    let secret = "a secret of more than thirty-two bytes";
    let seed = shadowed_with(ShadowRules::default().algorithms("RS256"), |auth| {
        auth.secret(secret).secret_until("2999-12-31")
    })
    .await;
    let claims = json!({
        "iss": seed.issuer.url(), "aud": "https://api.test", "exp": now() + 60, "client_id": "old",
    });
    let message = unsigned(&json!({ "alg": "HS256" }), &claims);
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
    let signature = encode(aws_lc_rs::hmac::sign(&key, message.as_bytes()));
    let by_secret = format!("{message}.{signature}");
    assert_eq!(seed.status("/me", &by_secret).await, 200);
    assert_eq!(
        shadow_series(&recorder),
        expected([
            (r#"{outcome="accepted",code="none",client="asked"}"#, 1.0),
            (r#"{outcome="accepted",code="none",client="old"}"#, 1.0),
        ])
    );
}

#[tokio::test]
async fn a_token_that_the_leeway_saves_is_found() {
    let recorder = Recorder::install();
    let seed = shadowed_with(
        ShadowRules::default().leeway(std::time::Duration::ZERO),
        |auth| auth.leeway(std::time::Duration::from_secs(60)),
    )
    .await;
    let late = seed
        .token()
        .claim("exp", now() - 5)
        .claim("client_id", "late")
        .mint();
    assert_eq!(seed.status("/me", &late).await, 200);
    assert_eq!(
        shadow_series(&recorder),
        expected([(
            r#"{outcome="refused",code="token_expired",client="late"}"#,
            1.0
        )])
    );
}

#[tokio::test]
async fn a_proof_is_used_once_and_a_bound_token_is_ready_for_dpop() {
    let recorder = Recorder::install();
    let seed = shadowed_with(ShadowRules::default().require_dpop(), |auth| {
        auth.public_url("https://api.example.com")
            .dpop(BindingMode::Allow)
    })
    .await;
    let key = DpopKey::generate();
    let token = seed
        .token()
        .bound_to(&key)
        .claim("client_id", "bound")
        .mint();
    for _ in 0..2 {
        let proof = key
            .proof("GET", "https://api.example.com/me", &token)
            .sign();
        let call = seed
            .app
            .get("/me")
            .header("Authorization", &format!("DPoP {token}"));
        call.header("DPoP", &proof).send().await.expect_success();
    }
    assert_eq!(
        recorder.value(r#"auth_dpop_proofs_total{outcome="accepted"}"#),
        Some(2.0)
    );
    assert_eq!(
        shadow_series(&recorder),
        expected([(r#"{outcome="accepted",code="none",client="bound"}"#, 2.0)])
    );
}

#[tokio::test]
async fn judging_fetches_nothing() {
    let issuer = auth_runtime::issuer::LocalIssuer::start("https://api.test")
        .await
        .unwrap();
    let keys = FaultServer::up(Answer::keys(issuer.jwks()));
    let auth = Auth::builder()
        .issuer(issuer.url())
        .audience(issuer.audience())
        .jwks_uri(keys.uri())
        .shadow(ShadowRules::default().algorithms("ES256").audience("other"));
    let rocket = rocket::custom(quiet()).attach(auth.fairing());
    let app = App::launch(rocket.mount("/", routes![me])).await;
    for subject in ["a", "b", "c"] {
        let token = issuer.token().subject(subject).mint();
        app.get_with("/me", &token).await.expect_success();
    }
    assert_eq!(keys.hits(), 1);
}

#[tokio::test]
async fn a_sample_judges_some_tokens_and_none_is_judged_without_the_table() {
    let recorder = Recorder::install();
    let rules = ShadowRules::default().audience("other").sample(0.5);
    let seed = shadowed(rules).await;
    let token = seed.token().claim("client_id", "c").mint();
    for _ in 0..100 {
        assert_eq!(seed.status("/me", &token).await, 200);
    }
    let judged: f64 = shadow_series(&recorder).values().sum();
    // Less than one of 10^20 runs is outside of this.
    assert!((1.0..100.0).contains(&judged), "{judged}");
    drop(recorder);

    let recorder = Recorder::install();
    let seed = api_with(|auth| auth, |rocket| rocket.mount("/", routes![me, report])).await;
    let report = seed.app.get_with("/report", &seed.token().mint()).await;
    assert_eq!(report.json(), json!([]));
    assert_eq!(shadow_series(&recorder), expected([]));
}
