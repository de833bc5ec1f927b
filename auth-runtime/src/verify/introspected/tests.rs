use std::time::{Duration, UNIX_EPOCH};

use super::super::tests::introspected_issuer;
use super::*;
use crate::token::ClaimNames;

#[test]
fn a_b64token_has_equals_signs_only_at_its_end() {
    for good in ["a", "AZaz09-._~+/", "a=", "a==="] {
        assert!(is_b64token(good), "{good}");
    }
    for bad in [
        "", "=", "a=b", "a b", "a,b", "a:b", "\"a\"", "é", "a\n", "a%20",
    ] {
        assert!(!is_b64token(bad), "{bad:?}");
    }
}

/// The endpoint cannot be reached, so a token that it is asked about is one that passed.
#[tokio::test]
async fn the_issuer_is_asked_only_about_bearer_tokens_of_at_most_16_kib() {
    let rules = Rules {
        leeway: 0.0,
        claim_names: ClaimNames::default(),
        at_jwt: false,
        max_lifetime: None,
    };
    let issuer = introspected_issuer();
    let now = UNIX_EPOCH + Duration::from_secs(100);
    for (token, expected) in [
        ("a".to_owned(), "asked"),
        ("a".repeat(16_384), "asked"),
        ("a".repeat(16_385), "TooLong(16384)"),
        ("a".repeat(20_000), "TooLong(16384)"),
        ("a b".to_owned(), "NotB64Token"),
        (String::new(), "NotB64Token"),
    ] {
        let ended = match issuer.verify(&token, &rules, 0, now).await {
            Err(Failure::IntrospectionUnavailable { .. }) => "asked".to_owned(),
            Err(Failure::Malformed(malformed)) => format!("{malformed:?}"),
            other => format!("{other:?}"),
        };
        assert_eq!(ended, expected, "{} bytes", token.len());
    }
}
