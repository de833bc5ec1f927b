use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use proptest::prelude::*;
use serde_json::{Value, json};
use url::Url;

use super::*;
use crate::http::Http;
use crate::introspect::{Credentials, Endpoint, Introspector, Method};
use crate::jwks::test_keys::{ALL, TestKey, encode};
use crate::jwks::{Algorithm, KeySet, KeySource, Origin as KeyOrigin, Remote, Times};
use crate::telemetry::{IntrospectionMeter, KeyMeter};

/// Returns a verifier with fixed keys for one issuer and the audience `api`.
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
        introspected: None,
        rules: Rules {
            leeway: 0.0,
            claim_names: ClaimNames::default(),
            at_jwt: false,
            max_lifetime: None,
        },
        memory: None,
        known_headers: KnownHeaders::default(),
    }
}

/// Returns an address of this machine where nothing listens.
fn closed_port() -> Url {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    format!("http://{address}/").parse().unwrap()
}

/// Returns keys that have to be fetched, and cannot be.
pub(super) fn unreachable_keys() -> KeySource {
    const LIMIT: Duration = Duration::from_secs(5);
    let url = closed_port();
    KeySource::start(Remote {
        http: Http::new(Vec::new(), &url).unwrap(),
        origin: KeyOrigin::At(url),
        accepted: ALL.into(),
        times: Times {
            ttl: LIMIT,
            cooldown: LIMIT,
            timeout: LIMIT,
            max_stale: LIMIT,
        },
        snapshot: None,
        meter: Arc::new(KeyMeter::new(&[])),
    })
}

/// Returns the issuer `i` with the audience `api`, whose endpoint cannot be reached.
pub(super) fn introspected_issuer() -> IntrospectedIssuer {
    let url = closed_port();
    IntrospectedIssuer {
        names: ["i".to_owned()].into(),
        audience: ["api".to_owned()].into(),
        audience_claims: [AudienceClaim::Audience].into(),
        requires_audience: true,
        introspector: Introspector::new(Endpoint {
            http: Http::new(Vec::new(), &url).unwrap(),
            url,
            credentials: Credentials {
                client_id: "client".to_owned(),
                method: Method::Secret("secret".to_owned()),
            },
            issuer: "i".to_owned(),
            timeout: Duration::from_secs(5),
            cache_ttl: Duration::ZERO,
            cache_bytes: 0,
            meter: IntrospectionMeter::new(&[]),
        }),
    }
}

pub(super) fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(future)
}

/// Verifies a token at this second.
pub(super) fn verify_at(
    verifier: &Verifier,
    token: &str,
    second: u64,
) -> Result<AccessToken, Failure> {
    let verification = verifier.verify(token, UNIX_EPOCH + Duration::from_secs(second));
    block_on(verification).map_err(|unverified| unverified.failure)
}

/// Returns a verifier with a key of each type, and a token that it accepts at second 100.
fn verifier_and_token(algorithm: Algorithm) -> (Verifier, String) {
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
        .position(|key| std::ptr::eq(*key, TestKey::for_algorithm(algorithm)));
    let header = json!({"alg": format!("{algorithm:?}"), "kid": number.unwrap().to_string()});
    let claims = json!({"iss": "issuer", "aud": "api", "exp": 101, "sub": "someone"});
    let token = TestKey::for_algorithm(algorithm).token(algorithm, &header, &claims);
    (verifier(keys, &ALL, "issuer"), token)
}

#[test]
fn a_valid_token_of_each_algorithm_is_accepted() {
    for algorithm in ALL {
        let (verifier, token) = verifier_and_token(algorithm);
        assert_eq!(
            verify_at(&verifier, &token, 100).unwrap().subject(),
            Some("someone")
        );
    }
}

#[test]
fn a_token_with_a_byte_missing_or_added_is_refused() {
    for algorithm in [Algorithm::ES256, Algorithm::EdDSA] {
        let (verifier, token) = verifier_and_token(algorithm);
        for place in 0..token.len() {
            let mut shorter = token.clone();
            shorter.remove(place);
            assert!(verify_at(&verifier, &shorter, 100).is_err(), "{shorter}");
        }
        for byte in ["A", ".", "=", " ", "\n", "\0"] {
            for longer in [format!("{token}{byte}"), format!("{byte}{token}")] {
                assert!(verify_at(&verifier, &longer, 100).is_err(), "{longer:?}");
            }
        }
    }
}

#[test]
fn a_token_has_at_most_16_kib() {
    let (verifier, _) = verifier_and_token(Algorithm::ES256);
    let of_length = |length: usize| format!("..{}", "A".repeat(length - 2));
    for (length, is_too_long) in [
        (1_000, false),
        (16_383, false),
        (16_384, false),
        (16_385, true),
        (20_000, true),
    ] {
        let refused = verify_at(&verifier, &of_length(length), 100).unwrap_err();
        assert_eq!(
            matches!(refused, Failure::Malformed(Malformed::TooLong(16_384))),
            is_too_long,
            "{length}: {refused}"
        );
    }
}

/// Bits of a base64url character that carry no data must be zero.
#[test]
fn the_last_character_of_each_part_has_one_spelling() {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (verifier, token) = verifier_and_token(Algorithm::ES256);
    for (end, _) in token.match_indices('.').chain([(token.len(), "")]) {
        for letter in LETTERS.chars() {
            let mut other = token.clone();
            other.replace_range(end - 1..end, letter.encode_utf8(&mut [0; 4]));
            assert_eq!(
                verify_at(&verifier, &other, 100).is_ok(),
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
        let (verifier, token) = verifier_and_token(algorithm);
        let mut bytes = token.clone().into_bytes();
        let place = place.index(bytes.len());
        prop_assume!(bytes[place] != byte);
        bytes[place] = byte;
        let changed = String::from_utf8(bytes).unwrap();
        prop_assert!(verify_at(&verifier, &changed, 100).is_err(), "{} to {}", token, changed);
    }

    #[test]
    fn no_text_makes_the_parser_panic(token in any::<String>()) {
        let (verifier, _) = verifier_and_token(Algorithm::ES256);
        prop_assert!(verify_at(&verifier, &token, 100).is_err());
    }

    #[test]
    fn no_header_and_payload_make_the_parser_panic(
        header in any::<Vec<u8>>(),
        payload in any::<Vec<u8>>(),
        signature in any::<Vec<u8>>(),
    ) {
        let (verifier, _) = verifier_and_token(Algorithm::ES256);
        let token = [&header, &payload, &signature].map(encode).join(".");
        prop_assert!(verify_at(&verifier, &token, 100).is_err());
    }

    /// Near misses: a valid token with odd JSON in its claims.
    #[test]
    fn no_claim_makes_the_verifier_panic(
        name in prop::sample::select(&["iss", "aud", "exp", "nbf", "iat", "sub", "scope"][..]),
        value in json_text(),
    ) {
        let (verifier, _) = verifier_and_token(Algorithm::EdDSA);
        let mut claims = json!({"iss": "issuer", "aud": "api", "exp": 101});
        claims[name] = "@".into();
        let payload = claims.to_string().replace("\"@\"", &value);
        let message = format!("{}.{}", encode(r#"{"alg":"EdDSA","kid":"3"}"#), encode(payload));
        let signature = TestKey::for_algorithm(Algorithm::EdDSA).sign(Algorithm::EdDSA, message.as_bytes());
        let token = format!("{message}.{}", encode(signature));
        if let Ok(token) = verify_at(&verifier, &token, 100) {
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
