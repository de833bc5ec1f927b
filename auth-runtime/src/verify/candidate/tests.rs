use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};

use super::super::tests::{introspected_issuer, verifier as verifier_for, verify_at};
use super::super::{InvalidClaim, TemporarySecret};
use super::*;
use crate::jwks::KeySet;
use crate::jwks::test_keys::TestKey;
use crate::token::ClaimNames;

const UNCHANGED: Candidate = Candidate {
    audience: None,
    algorithms: None,
    at_jwt: false,
    leeway: None,
    max_lifetime: None,
};

fn second(second: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(second)
}

fn verifier() -> Verifier {
    let key = TestKey::for_algorithm(Algorithm::ES256).jwk(json!({}));
    let keys = json!({ "keys": [key] }).to_string();
    let (keys, _) = KeySet::parse(keys.as_bytes(), &[Algorithm::ES256]).unwrap();
    verifier_for(keys, &[Algorithm::ES256], "issuer")
}

/// Returns a token of this type that lives from second 90 to 140, with these claims as well.
fn token(typ: &str, more: Value) -> String {
    let header = json!({ "alg": "ES256", "typ": typ });
    let mut claims = json!({ "iss": "issuer", "aud": "api", "iat": 90, "exp": 140 });
    let Value::Object(more) = more else {
        unreachable!("claims are an object");
    };
    claims.as_object_mut().unwrap().extend(more);
    TestKey::for_algorithm(Algorithm::ES256).token(Algorithm::ES256, &header, &claims)
}

/// Returns the claims that RFC 9068 requires and RFC 7519 does not.
fn profile() -> Value {
    json!({ "sub": "someone", "client_id": "app", "jti": "1" })
}

/// Judges a token that is accepted at second 100.
fn judge(token: &str, candidate: &Candidate) -> Result<(), Failure> {
    let verifier = verifier();
    let accepted = verify_at(&verifier, token, 100).unwrap();
    verifier.judge(token, &accepted, candidate, second(100))
}

#[test]
fn a_candidate_without_rules_changes_nothing() {
    assert!(judge(&token("JWT", json!({})), &UNCHANGED).is_ok());
}

#[test]
fn a_candidate_decides_by_its_own_audience() {
    for (audience, is_accepted) in [("api", true), ("other", false)] {
        let candidate = Candidate {
            audience: Some([audience.to_owned()].into()),
            ..UNCHANGED
        };
        let judged = judge(&token("JWT", json!({})), &candidate);
        match judged {
            Ok(()) => assert!(is_accepted, "{audience}"),
            Err(Failure::InvalidClaim(InvalidClaim::Audience(_))) => assert!(!is_accepted),
            Err(other) => panic!("{audience}: {other}"),
        }
    }
}

#[test]
fn a_candidate_for_rfc_9068_requires_its_type_and_its_claims() {
    let candidate = Candidate {
        at_jwt: true,
        ..UNCHANGED
    };
    assert!(judge(&token("at+jwt", profile()), &candidate).is_ok());
    let of_another_type = judge(&token("JWT", profile()), &candidate);
    assert!(
        matches!(
            of_another_type,
            Err(Failure::Malformed(Malformed::NotAtJwt))
        ),
        "{of_another_type:?}"
    );
    let without_claims = judge(&token("at+jwt", json!({})), &candidate);
    assert!(
        matches!(
            without_claims,
            Err(Failure::InvalidClaim(InvalidClaim::Missing(_)))
        ),
        "{without_claims:?}"
    );
}

#[test]
fn a_candidate_limits_the_lifetime_of_signed_tokens() {
    for (max_lifetime, is_accepted) in [(50.0, true), (49.0, false)] {
        let candidate = Candidate {
            max_lifetime: Some(max_lifetime),
            ..UNCHANGED
        };
        let judged = judge(&token("JWT", json!({})), &candidate);
        assert_eq!(judged.is_ok(), is_accepted, "{max_lifetime}: {judged:?}");
    }
}

#[test]
fn a_candidate_decides_by_its_own_algorithms() {
    for (algorithms, is_accepted) in [
        (&[Algorithm::ES256][..], true),
        (&[Algorithm::RS256, Algorithm::ES256], true),
        (&[Algorithm::RS256], false),
        (&[], false),
    ] {
        let candidate = Candidate {
            algorithms: Some(algorithms.into()),
            ..UNCHANGED
        };
        match judge(&token("JWT", json!({})), &candidate) {
            Ok(()) => assert!(is_accepted, "{algorithms:?}"),
            Err(Failure::AlgorithmNotAccepted(Algorithm::ES256)) => {
                assert!(!is_accepted, "{algorithms:?}");
            }
            Err(other) => panic!("{algorithms:?}: {other}"),
        }
    }
}

/// The algorithms of a candidate concern the keys. The secret goes by its own end.
#[test]
fn a_temporary_secret_is_accepted_beside_the_algorithms_of_a_candidate() {
    let mut verifier = verifier();
    verifier.issuers[0].secret = Some(TemporarySecret {
        keys: Arc::new(KeySet::default()),
        until: second(200),
    });
    let text = r#"{"iss":"issuer","aud":"api","exp":300}"#.to_owned();
    let accepted = AccessToken::unchecked(text, &ClaimNames::default()).unwrap();
    let header = crate::jwks::test_keys::encode(r#"{"alg":"HS256"}"#);
    let token = format!("{header}.e30.c2lnbmF0dXJl");
    let candidate = Candidate {
        algorithms: Some([Algorithm::ES256].into()),
        ..UNCHANGED
    };
    let judge = |now| verifier.judge(&token, &accepted, &candidate, second(now));
    assert!(judge(199).is_ok());
    let over = judge(200);
    assert!(
        matches!(over, Err(Failure::AlgorithmNotAccepted(Algorithm::HS256))),
        "{over:?}"
    );
}

#[test]
fn a_candidate_requires_neither_rfc_9068_nor_a_lifetime_of_introspected_tokens() {
    let mut verifier = verifier();
    verifier.issuers = [].into();
    verifier.introspected = Some(introspected_issuer());
    let judge = |text: &str, candidate: &Candidate| {
        let names = ClaimNames::default();
        let accepted = AccessToken::unchecked(text.to_owned(), &names).unwrap();
        verifier.judge("opaque", &accepted, candidate, second(100))
    };
    let candidate = Candidate {
        at_jwt: true,
        max_lifetime: Some(1.0),
        ..UNCHANGED
    };
    assert!(judge(r#"{"aud":"api","iat":90,"exp":140}"#, &candidate).is_ok());
    assert!(judge(r#"{"aud":"api"}"#, &candidate).is_ok());
    // The other rules apply to them.
    assert!(judge(r#"{"aud":"other"}"#, &candidate).is_err());
}
