use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};

use super::super::tests::{introspected_issuer, unreachable_keys, verifier as verifier_for};
use super::*;
use crate::jwks::KeySource;
use crate::jwks::test_keys::TestKey;

fn keys() -> KeySet {
    let key = TestKey::for_algorithm(Algorithm::ES256).jwk(json!({}));
    let document = json!({ "keys": [key] }).to_string();
    let (keys, _) = KeySet::parse(document.as_bytes(), &[Algorithm::ES256]).unwrap();
    keys
}

fn verifier() -> Verifier {
    verifier_for(keys(), &[Algorithm::ES256], "issuer")
}

fn token(header: &Value, claims: &Value) -> String {
    TestKey::for_algorithm(Algorithm::ES256).token(Algorithm::ES256, header, claims)
}

/// Says how an attempt at second 100 ends.
fn attempt(verifier: &Verifier, token: &str) -> String {
    match verifier.attempt(token, UNIX_EPOCH + Duration::from_secs(100), None) {
        Ok(_) => "accepted".to_owned(),
        Err(Obstacle::Failed(failure)) => format!("{failure:?}"),
        Err(Obstacle::NeedsKey(_)) => "needs a key".to_owned(),
        Err(Obstacle::NeedsIntrospection(_)) => "needs introspection".to_owned(),
    }
}

#[test]
fn only_tokens_of_other_issuers_are_introspected() {
    let mut verifier = verifier();
    verifier.introspected = Some(introspected_issuer());
    let with = |claims: &Value| token(&json!({ "alg": "ES256" }), claims);
    for (token, expected) in [
        (
            with(&json!({"iss": "issuer", "aud": "api", "exp": 101})),
            "accepted",
        ),
        (
            with(&json!({"iss": "other", "aud": "api", "exp": 101})),
            "needs introspection",
        ),
        (
            with(&json!({"iss": 1, "aud": "api", "exp": 101})),
            "needs introspection",
        ),
        (
            with(&json!({"aud": "api", "exp": 101})),
            "needs introspection",
        ),
        ("opaque".to_owned(), "needs introspection"),
    ] {
        assert_eq!(attempt(&verifier, &token), expected, "{token}");
    }
}

#[test]
fn a_token_is_malformed_without_an_issuer_to_ask() {
    assert_eq!(attempt(&verifier(), "opaque"), "Malformed(NotThreeParts)");
}

#[test]
fn only_tokens_of_the_type_at_jwt_are_accepted_if_they_must_follow_rfc_9068() {
    let mut verifier = verifier();
    verifier.rules.at_jwt = true;
    let claims = json!({
        "iss": "issuer", "aud": "api", "exp": 101, "iat": 1, "sub": "someone", "client_id": "app",
        "jti": "1",
    });
    for (header, expected) in [
        (json!({"alg": "ES256", "typ": "at+jwt"}), "accepted"),
        (json!({"alg": "ES256", "typ": "JWT"}), "Malformed(NotAtJwt)"),
        (json!({"alg": "ES256"}), "Malformed(NotAtJwt)"),
    ] {
        let token = token(&header, &claims);
        assert_eq!(attempt(&verifier, &token), expected, "{header}");
    }
}

/// With several issuers, no claim is read of a token whose algorithm none of them accepts.
#[test]
fn an_algorithm_that_no_issuer_accepts_is_refused_before_the_claims_are_read() {
    let mut verifier = verifier();
    let mut issuers = verifier.issuers.into_vec();
    issuers.extend(verifier_for(keys(), &[Algorithm::ES256], "second").issuers);
    verifier.issuers = issuers.into();
    let token = token(&json!({ "alg": "RS256" }), &json!("no claims"));
    assert_eq!(attempt(&verifier, &token), "AlgorithmNotAccepted(RS256)");
}

/// Keys that are fetched are those of one name, so the token says which of several is meant.
#[test]
fn there_is_one_choice_if_one_issuer_has_one_name_or_configured_keys() {
    let fixed = || KeySource::fixed(keys());
    for (names, source, expected) in [
        (&[][..], fixed(), true),
        (&["a"], fixed(), true),
        (&["a", "b"], fixed(), true),
        (&["a"], unreachable_keys(), true),
        (&["a", "b"], unreachable_keys(), false),
    ] {
        let mut verifier = verifier();
        verifier.issuers[0].names = names.iter().map(|&name| name.to_owned()).collect();
        verifier.issuers[0].keys = source;
        assert_eq!(verifier.only_choice().is_some(), expected, "{names:?}");
        #[cfg(feature = "check")]
        assert_eq!(verifier.has_choice(), !expected, "{names:?}");
    }
}
