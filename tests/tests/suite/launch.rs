//! Tests that set-ups that cannot work do not launch. Their messages are tested in
//! `configuration_errors`.

use auth_runtime::{
    AccessToken, Auth, OptionalToken, TrustedIssuer, public, requires_auth, routes,
};
use rocket::figment::value::Value;
use rocket::{Route, get};

use crate::support::*;

#[requires_auth]
#[get("/private")]
fn private() -> &'static str {
    "private"
}

#[public]
#[get("/open")]
fn open() -> &'static str {
    "open"
}

#[get("/subject")]
fn subject(token: &AccessToken) -> String {
    token.subject().unwrap_or_default().to_owned()
}

#[public]
#[get("/greeting")]
fn greeting(token: OptionalToken<'_>) -> String {
    token.token().is_some().to_string()
}

#[tokio::test]
async fn without_the_fairing_a_protected_route_does_not_launch() {
    let launch = |routes: Vec<Route>| launch_error(rocket::custom(quiet()).mount("/", routes));
    assert_eq!(launch(routes![private]).await, Some(Refused::BySentinel));
    assert_eq!(
        launch(routes![open, private]).await,
        Some(Refused::BySentinel)
    );
    assert_eq!(
        launch(rocket::routes![subject]).await,
        Some(Refused::BySentinel)
    );
    assert_eq!(launch(routes![greeting]).await, Some(Refused::BySentinel));
    assert_eq!(launch(routes![open]).await, None);
}

/// Returns why a Rocket with an issuer, an audience and this key does not launch.
async fn refused(key: &str, value: Value) -> Option<Refused> {
    let figment = quiet()
        .merge(("auth.issuer", "http://127.0.0.1:1/"))
        .merge(("auth.audience", "https://api.test"))
        .merge((format!("auth.{key}"), value));
    launch_error(rocket::custom(figment).attach(Auth::fairing())).await
}

#[tokio::test]
async fn a_configuration_that_works_launches() {
    let good: [(&str, Value); 20] = [
        (
            "issuer",
            vec!["http://127.0.0.1:1/", "http://[::1]:1/"].into(),
        ),
        ("issuer", "http://localhost:1".into()),
        ("issuer", "https://tenant.invalid/realms/x".into()),
        ("audience", vec!["a", "b"].into()),
        ("jwks_uri", "https://tenant.invalid/keys?v=1".into()),
        ("jwks_uri", "http://localhost:1/keys".into()),
        ("algorithms", "ES384".into()),
        (
            "algorithms",
            vec!["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"].into(),
        ),
        ("algorithms", vec!["ES256", "ES384", "EdDSA"].into()),
        ("leeway", 0_u32.into()),
        ("leeway", 1.5.into()),
        ("jwks_cache_ttl", 1_u32.into()),
        ("jwks_cooldown", 0_u32.into()),
        ("jwks_timeout", 0.5.into()),
        ("jwks_max_stale", 0_u32.into()),
        ("malformed_token_status", 400_u32.into()),
        ("malformed_token_status", 401_u32.into()),
        ("scope_claims", "scope".into()),
        (
            "scope_claims",
            vec!["scope", "scp", "https://api.test/scope"].into(),
        ),
        ("jwks_max_stale", (365 * 24 * 60 * 60_u32).into()),
    ];
    for (key, value) in good {
        assert_eq!(refused(key, value.clone()).await, None, "{key} = {value:?}");
    }
}

#[tokio::test]
async fn a_configuration_that_cannot_work_does_not_launch() {
    let empty = || Value::from(Vec::<String>::new());
    let wrong: [(&str, Value); 54] = [
        ("issuer", "".into()),
        ("issuer", " ".into()),
        ("issuer", 1.into()),
        ("issuer", true.into()),
        ("issuer", empty()),
        ("issuer", vec!["http://127.0.0.1:1/", ""].into()),
        ("issuer", vec![1, 2].into()),
        ("issuer", "tenant.invalid".into()),
        ("issuer", "http://tenant.invalid/".into()),
        ("issuer", "http://127.0.0.1.tenant.invalid/".into()),
        ("issuer", "http://localhost.tenant.invalid/".into()),
        ("issuer", "http://0.0.0.0:1/".into()),
        ("issuer", "http://192.168.1.1/".into()),
        ("issuer", "http://[::2]/".into()),
        ("issuer", "ftp://tenant.invalid/".into()),
        ("issuer", "file:///etc/keys".into()),
        ("issuer", "https://tenant.invalid/?x=y".into()),
        ("issuer", "https://tenant.invalid/#x".into()),
        ("issuer", "https://user:password@tenant.invalid/".into()),
        ("audience", "".into()),
        ("audience", empty()),
        ("audience", 1.into()),
        ("audience", vec!["a", " "].into()),
        ("jwks_uri", "".into()),
        ("jwks_uri", "/keys".into()),
        ("jwks_uri", "http://tenant.invalid/keys".into()),
        ("jwks_uri", "https://user@tenant.invalid/keys".into()),
        ("jwks_uri", "https://tenant.invalid/keys#x".into()),
        ("jwks_uri", vec!["https://tenant.invalid/keys"].into()),
        ("algorithms", "none".into()),
        ("algorithms", "None".into()),
        ("algorithms", "HS256".into()),
        ("algorithms", vec!["RS256", "HS384"].into()),
        ("algorithms", vec!["RS256", "none"].into()),
        ("algorithms", "rs256".into()),
        ("algorithms", "RS1".into()),
        ("algorithms", "".into()),
        ("algorithms", empty()),
        ("algorithms", 256.into()),
        ("leeway", (-1).into()),
        ("leeway", "5".into()),
        ("leeway", f64::NAN.into()),
        ("leeway", f64::INFINITY.into()),
        ("leeway", 1e300.into()),
        ("jwks_cache_ttl", 0_u32.into()),
        ("jwks_cooldown", (-0.5).into()),
        ("jwks_timeout", 0_u32.into()),
        ("jwks_max_stale", "a day".into()),
        ("malformed_token_status", 403_u32.into()),
        ("malformed_token_status", "400".into()),
        ("malformed_token_status", (-400).into()),
        ("scope_claims", "".into()),
        ("audiance", "https://api.test".into()),
        ("Audience", "https://api.test".into()),
    ];
    for (key, value) in wrong {
        let refused = refused(key, value.clone()).await;
        assert_eq!(refused, Some(Refused::ByFairing), "{key} = {value:?}");
    }
}

#[tokio::test]
async fn an_issuer_without_a_host_does_not_launch() {
    for issuer in ["https://", "https:///", "http://"] {
        assert_eq!(
            refused("issuer", issuer.into()).await,
            Some(Refused::ByFairing),
            "{issuer}"
        );
    }
}

#[tokio::test]
async fn the_table_must_be_a_table() {
    for value in [
        Value::from("https://tenant.invalid/"),
        1.into(),
        vec!["a"].into(),
    ] {
        let figment = quiet().merge(("auth", value));
        let rocket = rocket::custom(figment).attach(Auth::fairing());
        assert_eq!(launch_error(rocket).await, Some(Refused::ByFairing));
    }
}

#[tokio::test]
async fn a_key_that_is_set_repeatedly_in_code_does_not_launch() {
    let builder = || {
        Auth::builder()
            .issuer("http://127.0.0.1:1/")
            .audience("https://api.test")
    };
    let launch = |auth: auth_runtime::AuthBuilder| {
        launch_error(rocket::custom(quiet()).attach(auth.fairing()))
    };
    assert_eq!(launch(builder()).await, None);
    let repeated = [
        builder().audience("https://api.test"),
        builder().audience("https://other.test"),
        builder().with("issuer", "http://127.0.0.1:2/"),
        builder().with("leeway", 1).with("leeway", 1),
        Auth::builder()
            .audience("https://api.test")
            .issuers([TrustedIssuer::new("http://127.0.0.1:1/")
                .jwks_uri("http://127.0.0.1:2/")
                .jwks_uri("http://127.0.0.1:3/")]),
    ];
    for auth in repeated {
        assert_eq!(launch(auth).await, Some(Refused::ByFairing));
    }
}

#[tokio::test]
async fn values_in_code_are_checked_like_all_others_and_take_precedence() {
    let builder = || {
        Auth::builder()
            .issuer("http://127.0.0.1:1/")
            .audience("https://api.test")
    };
    let launch = |auth: auth_runtime::AuthBuilder| {
        let figment = quiet().merge(("auth.issuer", "http://tenant.invalid/"));
        launch_error(rocket::custom(figment).attach(auth.fairing()))
    };
    assert_eq!(launch(builder()).await, None);
    let wrong = [
        Auth::builder()
            .issuer("http://tenant.invalid/")
            .audience("https://api.test"),
        Auth::builder().issuer("http://127.0.0.1:1/").audience(""),
        builder().jwks_uri("http://tenant.invalid/keys"),
        builder().algorithms(["HS256"]),
        builder().algorithms(Vec::<String>::new()),
        builder().malformed_token_status(403),
        builder().jwks_timeout(std::time::Duration::ZERO),
        builder().leeway(std::time::Duration::MAX),
    ];
    for auth in wrong {
        assert_eq!(launch(auth).await, Some(Refused::ByFairing));
    }
}
