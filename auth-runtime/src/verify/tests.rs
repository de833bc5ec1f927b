use std::time::{Duration, UNIX_EPOCH};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::jwks::test_keys::{ALL, TestKey, encode};

/// Keys that are fixed, for one issuer and the audience `api`.
pub(super) fn verifier(keys: KeySet, algorithms: &[Algorithm], issuer: &str) -> Verifier {
    Verifier {
        issuers: [Issuer {
            names: [issuer.to_owned()].into(),
            audience: ["api".to_owned()].into(),
            audience_claims: [AudienceClaim::Audience].into(),
            algorithms: algorithms.into(),
            keys: KeySource::fixed(keys),
            secret: None,
        }]
        .into(),
        rules: Rules {
            leeway: 0.0,
            claim_names: ClaimNames::default(),
            at_jwt: false,
        },
        memory: None,
    }
}

pub(super) fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(future)
}

/// What is said of a token at this second.
pub(super) fn at(verifier: &Verifier, token: &str, second: u64) -> Result<AccessToken, Failure> {
    block_on(verifier.verify(token, UNIX_EPOCH + Duration::from_secs(second)))
}

/// A verifier with a key of each type, and a token that it accepts at second 100.
fn all(algorithm: Algorithm) -> (Verifier, String) {
    let keys = TestKey::every().map(|key| key.jwk(json!({})));
    let keys: Vec<Value> = keys
        .into_iter()
        .enumerate()
        .map(|(number, mut key)| {
            key["kid"] = number.to_string().into();
            key
        })
        .collect();
    let (keys, skipped) =
        KeySet::parse(json!({ "keys": keys }).to_string().as_bytes(), &ALL).unwrap();
    assert!(skipped.is_empty());
    let number = TestKey::every()
        .iter()
        .position(|key| std::ptr::eq(*key, TestKey::of(algorithm)));
    let header = json!({"alg": format!("{algorithm:?}"), "kid": number.unwrap().to_string()});
    let claims = json!({"iss": "issuer", "aud": "api", "exp": 101, "sub": "someone"});
    let token = TestKey::of(algorithm).token(algorithm, &header, &claims);
    (verifier(keys, &ALL, "issuer"), token)
}

#[test]
fn a_right_token_of_each_algorithm_is_accepted() {
    for algorithm in ALL {
        let (verifier, token) = all(algorithm);
        assert_eq!(
            at(&verifier, &token, 100).unwrap().subject(),
            Some("someone")
        );
    }
}

#[test]
fn a_token_that_lacks_a_byte_or_has_one_more_is_refused() {
    for algorithm in [Algorithm::ES256, Algorithm::EdDSA] {
        let (verifier, token) = all(algorithm);
        for place in 0..token.len() {
            let mut shorter = token.clone();
            shorter.remove(place);
            assert!(at(&verifier, &shorter, 100).is_err(), "{shorter}");
        }
        for byte in ["A", ".", "=", " ", "\n", "\0"] {
            for longer in [format!("{token}{byte}"), format!("{byte}{token}")] {
                assert!(at(&verifier, &longer, 100).is_err(), "{longer:?}");
            }
        }
    }
}

/// All bits of a base64url letter: those that carry no data must be zero.
#[test]
fn the_last_letter_of_each_part_stands_for_itself_alone() {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (verifier, token) = all(Algorithm::ES256);
    for (end, _) in token.match_indices('.').chain([(token.len(), "")]) {
        for letter in LETTERS.chars() {
            let mut other = token.clone();
            other.replace_range(end - 1..end, letter.encode_utf8(&mut [0; 4]));
            assert_eq!(
                at(&verifier, &other, 100).is_ok(),
                other == token,
                "{other}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_token_with_any_byte_changed_is_refused(
        algorithm in prop::sample::select(&ALL[..]),
        place in any::<prop::sample::Index>(),
        byte in 0u8..128,
    ) {
        let (verifier, token) = all(algorithm);
        let mut bytes = token.clone().into_bytes();
        let place = place.index(bytes.len());
        prop_assume!(bytes[place] != byte);
        bytes[place] = byte;
        let changed = String::from_utf8(bytes).unwrap();
        prop_assert!(at(&verifier, &changed, 100).is_err(), "{} to {}", token, changed);
    }

    #[test]
    fn no_text_makes_the_parser_panic(token in any::<String>()) {
        let (verifier, _) = all(Algorithm::ES256);
        prop_assert!(at(&verifier, &token, 100).is_err());
    }

    #[test]
    fn no_header_and_payload_make_the_parser_panic(
        header in any::<Vec<u8>>(),
        payload in any::<Vec<u8>>(),
        signature in any::<Vec<u8>>(),
    ) {
        let (verifier, _) = all(Algorithm::ES256);
        let token = [&header, &payload, &signature].map(encode).join(".");
        prop_assert!(at(&verifier, &token, 100).is_err());
    }

    /// Near misses: a right token with pieces of JSON in odd places.
    #[test]
    fn no_json_in_the_payload_makes_the_claims_panic(
        name in prop::sample::select(&["iss", "aud", "exp", "nbf", "iat", "sub", "scope"][..]),
        value in json_text(),
    ) {
        let (verifier, _) = all(Algorithm::EdDSA);
        let mut claims = json!({"iss": "issuer", "aud": "api", "exp": 101});
        claims[name] = "@".into();
        let payload = claims.to_string().replace("\"@\"", &value);
        let message = format!("{}.{}", encode(r#"{"alg":"EdDSA","kid":"3"}"#), encode(payload));
        let signature = TestKey::of(Algorithm::EdDSA).sign(Algorithm::EdDSA, message.as_bytes());
        let token = format!("{message}.{}", encode(signature));
        if let Ok(token) = at(&verifier, &token, 100) {
            prop_assert!(token.claims().get("iss").is_some());
            let _ = token.scopes().count();
        }
    }
}

fn json_text() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<i64>().prop_map(|value| value.to_string()),
        any::<f64>().prop_map(|value| value.to_string()),
        "[a-z\\\\\"]{0,4}".prop_map(|text| format!("\"{text}\"")),
        Just("\"api\"".to_owned()),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3)
                .prop_map(|all| format!("[{}]", all.join(","))),
            inner.prop_map(|value| format!("{{\"a\":{value},\"b\":{value}}}")),
        ]
    })
}
