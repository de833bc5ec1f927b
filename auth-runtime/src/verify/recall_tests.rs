//! A remembered token is never accepted if a fresh verification would refuse it.

use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};

use super::*;
use crate::jwks::Algorithm::ES256;
use crate::jwks::test_keys::TestKey;
use crate::jwks::{KeySet, KeySource};

const NOW: u64 = 1_800_000_000;
const MEBIBYTE: u64 = 1 << 20;

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// Returns the test key under this `kid`, as an issuer serves it.
fn keys(kid: &str) -> KeySource {
    let jwk = TestKey::for_algorithm(ES256).jwk(json!({ "kid": kid }));
    let document = json!({ "keys": [jwk] }).to_string();
    let (keys, skipped) = KeySet::parse(document.as_bytes(), &[ES256]).unwrap();
    assert!(skipped.is_empty());
    KeySource::fixed(keys)
}

fn issuer(name: &str, audience: &str, kid: &str) -> Issuer {
    Issuer {
        names: [name.to_owned()].into(),
        audience: [audience.to_owned()].into(),
        audience_claims: [AudienceClaim::Audience].into(),
        algorithms: [ES256].into(),
        keys: keys(kid),
        secret: None,
    }
}

fn verifier_for(issuers: impl Into<Box<[Issuer]>>, leeway: f64, bytes: u64) -> Verifier {
    Verifier {
        issuers: issuers.into(),
        introspected: None,
        rules: Rules {
            leeway,
            claim_names: ClaimNames::default(),
            at_jwt: false,
            max_lifetime: None,
        },
        memory: Memory::with_capacity(bytes),
        known_headers: KnownHeaders::default(),
    }
}

fn verifier() -> Verifier {
    verifier_for([issuer("a", "api", "one")], 0.0, MEBIBYTE)
}

/// Returns a token that [`verifier`] accepts, with these claims changed.
fn token(changed: Value) -> String {
    let mut claims = json!({ "iss": "a", "aud": "api", "sub": "me", "exp": NOW + 60 });
    let Value::Object(changed) = changed else {
        unreachable!("claims are an object");
    };
    for (name, value) in changed {
        claims[name] = value;
    }
    let header = json!({ "alg": "ES256", "kid": "one" });
    TestKey::for_algorithm(ES256).token(ES256, &header, &claims)
}

fn is_remembered(verifier: &Verifier, token: &str) -> bool {
    let memory = verifier.memory.as_ref().unwrap();
    memory.recall(token, |_| true).is_some()
}

#[tokio::test]
async fn a_verified_token_is_remembered_with_its_claims() {
    let (verifier, token) = (verifier(), token(json!({ "scope": "a b" })));
    assert!(verifier.recall(&token, at(NOW)).is_none());
    for _ in 0..3 {
        let caller = verifier.verify(&token, at(NOW)).await.unwrap();
        assert_eq!(caller.subject(), Some("me"));
        assert!(caller.has_scope("b") && !caller.has_scope("c"));
        assert!(verifier.recall(&token, at(NOW)).unwrap().is_ok());
    }
}

/// In fast-jwt's GHSA-rp9m-7r4c-75qg, a token got the identity of another one.
#[tokio::test]
async fn a_remembered_token_does_not_vouch_for_another() {
    let (verifier, good) = (verifier(), token(json!({})));
    verifier.verify(&good, at(NOW)).await.unwrap();
    for place in 0..good.len() {
        let other = if good[place..].starts_with('A') {
            "B"
        } else {
            "A"
        };
        let mut forged = good.clone();
        forged.replace_range(place..=place, other);
        assert!(verifier.verify(&forged, at(NOW)).await.is_err(), "{forged}");
        assert!(!is_remembered(&verifier, &forged), "{forged}");
    }
    // The same audience, issuer and times, and all but one byte of the claims.
    for subject in ["me", "mf", "mg"] {
        for _ in 0..2 {
            let other = token(json!({ "sub": subject }));
            let caller = verifier.verify(&other, at(NOW)).await.unwrap();
            assert_eq!(caller.subject(), Some(subject));
        }
    }
}

/// A memory that ignored the clock would accept expired tokens.
#[tokio::test]
async fn an_expired_token_is_refused_from_memory_at_its_second() {
    for leeway in [0_u32, 30] {
        let verifier = verifier_for([issuer("a", "api", "one")], f64::from(leeway), MEBIBYTE);
        let expires = NOW + 60 + u64::from(leeway);
        let token = token(json!({}));
        verifier.verify(&token, at(NOW)).await.unwrap();
        let last = verifier.recall(&token, at(expires - 1));
        assert!(last.unwrap().is_ok());
        let over = verifier.recall(&token, at(expires));
        assert!(matches!(over, Some(Err(Failure::Expired(_)))), "{over:?}");
        assert!(
            !is_remembered(&verifier, &token),
            "the memory keeps an expired token"
        );
        let anew = verifier.verify(&token, at(expires)).await.unwrap_err();
        assert!(matches!(anew.failure, Failure::Expired(_)), "{anew:?}");
    }
}

#[tokio::test]
async fn a_remembered_token_is_not_valid_yet_if_the_clock_was_set_back() {
    for leeway in [0_u32, 30] {
        let verifier = verifier_for([issuer("a", "api", "one")], f64::from(leeway), MEBIBYTE);
        let begins = NOW - u64::from(leeway);
        let token = token(json!({ "nbf": NOW }));
        verifier.verify(&token, at(NOW)).await.unwrap();
        assert!(verifier.recall(&token, at(begins)).unwrap().is_ok());
        let early = verifier.recall(&token, at(begins - 1));
        assert!(
            matches!(
                early,
                Some(Err(Failure::InvalidClaim(InvalidClaim::NotYetValid(_))))
            ),
            "{early:?}"
        );
    }
}

#[tokio::test]
async fn remembered_tokens_are_verified_anew_with_a_new_key_set() {
    let (mut verifier, token) = (verifier(), token(json!({})));
    verifier.verify(&token, at(NOW)).await.unwrap();
    // The same key, fetched again.
    verifier.issuers[0].keys = keys("one");
    assert!(verifier.recall(&token, at(NOW)).is_none());
    assert!(!is_remembered(&verifier, &token));
    verifier.verify(&token, at(NOW)).await.unwrap();
    assert!(verifier.recall(&token, at(NOW)).unwrap().is_ok());
}

#[tokio::test]
async fn a_remembered_token_is_refused_after_its_key_left_the_set() {
    let (mut verifier, token) = (verifier(), token(json!({})));
    verifier.verify(&token, at(NOW)).await.unwrap();
    verifier.issuers[0].keys = keys("two");
    for _ in 0..2 {
        let refused = verifier.verify(&token, at(NOW)).await.unwrap_err();
        assert!(
            matches!(refused.failure, Failure::UnknownKey(_)),
            "{refused:?}"
        );
        assert!(!is_remembered(&verifier, &token));
    }
}

#[tokio::test]
async fn a_new_key_set_of_one_issuer_does_not_affect_another() {
    let issuers = [issuer("a", "api", "one"), issuer("b", "api", "one")];
    let mut verifier = verifier_for(issuers, 0.0, MEBIBYTE);
    let (of_a, of_b) = (token(json!({})), token(json!({ "iss": "b" })));
    for token in [&of_a, &of_b] {
        verifier.verify(token, at(NOW)).await.unwrap();
    }
    verifier.issuers[1].keys = keys("two");
    assert!(verifier.recall(&of_a, at(NOW)).unwrap().is_ok());
    assert!(verifier.verify(&of_b, at(NOW)).await.is_err());
}

#[tokio::test]
async fn verifiers_do_not_share_what_they_remember() {
    let (first, token) = (verifier(), token(json!({})));
    let other = verifier_for([issuer("a", "other", "one")], 0.0, MEBIBYTE);
    first.verify(&token, at(NOW)).await.unwrap();
    let refused = other.verify(&token, at(NOW)).await.unwrap_err();
    assert!(
        matches!(
            refused.failure,
            Failure::InvalidClaim(InvalidClaim::Audience(_))
        ),
        "{refused:?}"
    );
}

#[tokio::test]
async fn without_a_memory_each_token_is_verified_anew() {
    let verifier = verifier_for([issuer("a", "api", "one")], 0.0, 0);
    let token = token(json!({}));
    for _ in 0..2 {
        verifier.verify(&token, at(NOW)).await.unwrap();
        assert!(verifier.memory.is_none());
        assert!(verifier.recall(&token, at(NOW)).is_none());
    }
}

/// A refused token may become valid later, and it must not take the place of a valid one.
#[tokio::test]
async fn a_refusal_is_never_remembered() {
    let verifier = verifier();
    let (good, header) = (token(json!({})), json!({ "alg": "ES256", "kid": "two" }));
    let early = token(json!({ "nbf": NOW + 10 }));
    let refused = [
        format!("{good}x"),
        "no token".to_owned(),
        TestKey::for_algorithm(ES256).token(ES256, &header, &json!({})),
        token(json!({ "exp": NOW })),
        token(json!({ "iss": "b" })),
        token(json!({ "aud": "other" })),
        token(json!({ "sub": 1 })),
        early.clone(),
    ];
    for token in &refused {
        assert!(verifier.verify(token, at(NOW)).await.is_err(), "{token}");
        assert!(!is_remembered(&verifier, token), "{token}");
    }
    let shown = format!("{:?}", verifier.memory);
    assert_eq!(shown, "Some(Memory { tokens: 0, .. })");
    verifier.verify(&early, at(NOW + 10)).await.unwrap();
}

#[tokio::test]
async fn debug_shows_neither_tokens_nor_claims() {
    let (verifier, token) = (verifier(), token(json!({ "sub": "a-caller" })));
    verifier.verify(&token, at(NOW)).await.unwrap();
    let shown = format!("{verifier:?}");
    let parts: Vec<_> = token.split('.').collect();
    // The header is the same for all tokens of a key and is not a secret.
    for secret in [parts[1], parts[2], "a-caller"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
