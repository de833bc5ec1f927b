use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};

use super::super::failure::Part;
use super::super::tests::{introspected_issuer, unreachable_keys, verifier as verifier_for};
use super::*;
use crate::jwks::test_keys::{ALL, TestKey, encode};
use crate::jwks::{KeySet, Shortage};

const ISSUER: &str = "https://issuer.invalid/";

/// Returns a verifier for [`ISSUER`] and the audience `api`, whose keys are `a` and one without a name.
fn verifier(algorithms: &[Algorithm]) -> Verifier {
    let keys = [
        TestKey::for_algorithm(Algorithm::RS256).jwk(json!({"kid": "a"})),
        TestKey::for_algorithm(Algorithm::ES256).jwk(json!({})),
    ];
    let (keys, _) = KeySet::parse(json!({ "keys": keys }).to_string().as_bytes(), &ALL).unwrap();
    verifier_for(keys, algorithms, ISSUER)
}

/// Returns a token with these claims. Hints do not depend on its signature.
fn token(claims: &Value) -> String {
    let [header, payload] = [r#"{"alg":"RS256"}"#.to_owned(), claims.to_string()].map(encode);
    format!("{header}.{payload}.c2lnbmF0dXJl")
}

fn hint(claims: &Value, failure: Failure) -> Option<String> {
    let unverified = failure.decided_by(Source::Verified);
    verifier(&[Algorithm::RS256, Algorithm::ES256]).hint(&token(claims), &unverified)
}

fn invalid(claims: &Value, claim: InvalidClaim) -> Option<String> {
    hint(claims, Failure::InvalidClaim(claim))
}

#[test]
fn an_algorithm_leads_to_the_accepted_ones_and_to_the_fix() {
    let hint = |accepted: &[Algorithm], algorithm| {
        let failure = Failure::AlgorithmNotAccepted(algorithm);
        verifier(accepted).hint("", &failure.decided_by(Source::Verified))
    };
    let accepted = [Algorithm::RS256, Algorithm::ES256];
    assert_eq!(
        hint(&accepted, Algorithm::PS256).unwrap(),
        "accepted is [ES256, RS256]; if the issuer signs with it, name it in `algorithms`"
    );
    assert_eq!(
        hint(&accepted, Algorithm::HS256).unwrap(),
        "accepted is [ES256, RS256]; HMAC is for a shared secret: have the issuer sign with a key pair"
    );
    assert_eq!(hint(&[Algorithm::HS256], Algorithm::RS256), None);
}

#[test]
fn an_unknown_key_leads_to_the_known_ones_unless_the_token_names_another_issuer() {
    let unknown = || Failure::UnknownKey(Some("b".into()));
    assert_eq!(
        hint(&json!({"iss": ISSUER}), unknown()).unwrap(),
        "the known keys are \"a\", (none); a token without a `kid` is accepted only if exactly one key fits"
    );
    let other = json!({"iss": "https://other.invalid/"});
    let stranger = "the token calls \"https://other.invalid/\" its issuer; the configured issuer is \
                    \"https://issuer.invalid/\"";
    assert_eq!(hint(&other, unknown()).unwrap(), stranger);
    assert_eq!(hint(&other, Failure::Signature).unwrap(), stranger);
    assert_eq!(hint(&json!({"iss": ISSUER}), Failure::Signature), None);
    assert_eq!(hint(&json!({}), Failure::Signature), None);
}

#[test]
fn a_token_cannot_name_another_issuer_if_none_is_configured() {
    let mut verifier = verifier(&[Algorithm::RS256]);
    for issuer in &mut verifier.issuers {
        issuer.names = [].into();
    }
    let unverified = Failure::Signature.decided_by(Source::Verified);
    let token = token(&json!({"iss": ISSUER}));
    assert_eq!(verifier.hint(&token, &unverified), None);
}

#[test]
fn keys_without_a_failed_fetch_give_no_hint() {
    let retry_after = std::time::Duration::from_secs(1);
    let failure = Failure::KeysUnavailable {
        shortage: Shortage::NotFetched,
        kid: None,
        retry_after,
    };
    assert_eq!(hint(&json!({}), failure), None);
}

#[test]
fn a_wrong_issuer_leads_to_the_configured_one() {
    let claims = json!({"iss": "https://issuer.invalid"});
    assert_eq!(
        invalid(&claims, InvalidClaim::Issuer("".into())).unwrap(),
        "the configured issuer is \"https://issuer.invalid/\": the configured issuer ends with a slash, \
         the one in the token does not"
    );
}

#[test]
fn a_wrong_audience_leads_to_the_configured_one() {
    let configured = "the configured audience is \"api\"";
    let slash = format!(
        "{configured}: the audience in the token ends with a slash, the configured one does not"
    );
    for (aud, expected) in [
        (json!("other"), configured),
        (json!("api/"), &slash),
        (json!(["other", "api/"]), &slash),
        (json!(7), configured),
        (Value::Null, configured),
    ] {
        let claims = json!({"iss": ISSUER, "aud": aud});
        for claim in [
            InvalidClaim::Audience("".into()),
            InvalidClaim::Missing(Claim::Audience),
            InvalidClaim::WrongType(Claim::Audience),
        ] {
            assert_eq!(invalid(&claims, claim).unwrap(), expected, "{claims}");
        }
    }
    let other_claim = InvalidClaim::Missing(Claim::Expiry);
    assert_eq!(invalid(&json!({"iss": ISSUER}), other_claim), None);
}

#[test]
fn a_token_for_the_wrong_audience_may_be_an_id_token_or_from_cognito() {
    let hint = |claims: Value| invalid(&claims, InvalidClaim::Audience("".into())).unwrap();
    let id_token = hint(json!({"iss": ISSUER, "aud": "client", "nonce": "n"}));
    assert!(id_token.contains("looks like an ID token"), "{id_token}");
    let cognito = hint(json!({"iss": ISSUER, "token_use": "access"}));
    assert!(cognito.contains("Amazon Cognito"), "{cognito}");
    let cognito_id_token = hint(json!({"iss": ISSUER, "token_use": "id"}));
    assert!(!cognito_id_token.contains("Cognito"), "{cognito_id_token}");
}

#[test]
fn only_the_audiences_of_the_issuer_of_the_token_are_named() {
    let mut verifier = verifier(&[Algorithm::RS256]);
    let others = [("https://other.invalid/", "other"), ("", "secret")].map(|(name, audience)| {
        let mut other = self::verifier(&[Algorithm::RS256])
            .issuers
            .into_vec()
            .remove(0);
        other.names = Some(name.to_owned())
            .filter(|name| !name.is_empty())
            .into_iter()
            .collect();
        other.audience = [audience.to_owned()].into();
        other
    });
    verifier.issuers = verifier.issuers.into_iter().chain(others).collect();
    let failure = Failure::InvalidClaim(InvalidClaim::Audience("".into()));
    let unverified = failure.decided_by(Source::Verified);
    assert_eq!(
        verifier
            .hint(&token(&json!({"iss": ISSUER})), &unverified)
            .unwrap(),
        "the configured audience is \"api\", \"secret\""
    );
}

#[test]
fn a_token_that_expired_long_ago_is_to_be_replaced_and_not_to_be_tolerated() {
    for (seconds, said) in [
        (3599.0, "is the clock right?"),
        (3600.0, "the client has to get a new one"),
    ] {
        let hint = hint(&json!({}), Failure::Expired(seconds)).unwrap();
        assert!(hint.starts_with("it expired 60 min ago"), "{hint}");
        assert!(hint.contains(said), "{hint}");
    }
    assert_eq!(
        invalid(&json!({}), InvalidClaim::NotYetValid(100.0)).unwrap(),
        "it is valid in 100 s: is the clock right? `leeway` allows for a skew"
    );
}

#[test]
fn other_failures_and_texts_that_are_not_tokens_get_no_hint() {
    assert_eq!(hint(&json!({"iss": ISSUER}), Failure::Inactive), None);
    let unverified = Failure::Signature.decided_by(Source::Verified);
    assert_eq!(verifier(&[]).hint("a.b.c", &unverified), None);
}

#[test]
fn at_most_ten_names_are_listed() {
    let names = |count: usize| -> Vec<Box<str>> { vec!["x".into(); count] };
    let ten = ["x"; 10].join(", ");
    assert_eq!(listed(&names(0)), "none");
    assert_eq!(listed(&names(1)), "x");
    assert_eq!(listed(&names(10)), ten);
    assert_eq!(listed(&names(12)), format!("{ten} and 2 more"));
}

#[test]
fn small_differences_are_named() {
    let hint = |own, claimed| expected("issuer", &[own], &[claimed]);
    for (own, claimed, said) in [
        (
            "https://a.invalid",
            "https://a.invalid/",
            "in the token ends with a slash",
        ),
        (
            "https://a.invalid/",
            "https://a.invalid",
            "configured issuer ends with a slash",
        ),
        (
            "https://a.invalid/",
            "https://A.invalid/",
            "upper and lower case",
        ),
        (
            "https://a.invalid/",
            "http://a.invalid/",
            "`http` and `https`",
        ),
    ] {
        let hint = hint(own, claimed);
        assert!(hint.contains(said), "{hint}");
    }
    assert_eq!(
        hint("https://a.invalid/", "https://b.invalid/"),
        r#"the configured issuer is "https://a.invalid/""#
    );
}

#[test]
fn id_tokens_are_known_by_their_claims() {
    for (claims, expected) in [
        (r#"{"aud":"client","nonce":"n"}"#, true),
        (r#"{"aud":"client","azp":"client"}"#, true),
        (r#"{"aud":"https://other.invalid","azp":"client"}"#, false),
        (r#"{"aud":"https://other.invalid"}"#, false),
    ] {
        let document = Document::parse(claims).unwrap();
        let aud = document.object().get("aud").and_then(Json::as_str).unwrap();
        let is_id_token = is_id_token(document.object(), &[aud]);
        assert_eq!(is_id_token, expected, "{claims}");
    }
}

#[test]
fn durations_are_rounded_to_the_unit_that_suits_them() {
    for (seconds, said) in [
        (4.4, "4 s"),
        (119.0, "119 s"),
        (120.0, "2 min"),
        (7_199.0, "120 min"),
        (7_200.0, "2 h"),
        (172_799.0, "48 h"),
        (172_800.0, "2 days"),
        (1e6, "12 days"),
    ] {
        assert_eq!(rounded(seconds), said);
    }
}

#[test]
fn opaque_and_encrypted_tokens_get_a_hint() {
    let hint = |token: &str| {
        let failure = Failure::Malformed(Malformed::NotThreeParts);
        verifier(&[]).hint(token, &failure.decided_by(Source::Verified))
    };
    assert!(hint("opaque").unwrap().contains("opaque"));
    assert!(hint("a.b.c.d.e").unwrap().contains("JWE"));
    assert_eq!(hint("a.b"), None);
}

#[test]
fn a_character_that_no_token_has_gets_a_hint() {
    let hint = |token: &str, malformed: Malformed| {
        let unverified = Failure::Malformed(malformed).decided_by(Source::Verified);
        verifier(&[]).hint(token, &unverified)
    };
    for quoted in ["\"a.b.c\"", "'a.b.c", "`a.b.c`"] {
        assert_eq!(
            hint(quoted, Malformed::Encoding(Part::Header)).unwrap(),
            "it is in quotes: send it without them"
        );
    }
    for (token, character) in [("$TOKEN", "'$'"), ("<token>", "'<'"), ("a\n.b", "'\\n'")] {
        let hint = hint(token, Malformed::NotThreeParts).unwrap();
        let start = format!("it contains {character}, which no token contains");
        assert!(hint.starts_with(&start), "{hint}");
    }
    assert_eq!(hint("a.b.c", Malformed::Encoding(Part::Header)), None);
    assert!(hint("aA0-._~+/=", Malformed::NotThreeParts).is_none());
}

#[tokio::test]
async fn unavailable_keys_lead_to_the_error_of_the_last_fetch() {
    let mut verifier = verifier(&[Algorithm::RS256]);
    let token = token(&json!({"iss": ISSUER}));
    let failure = || Failure::KeysUnavailable {
        shortage: Shortage::NotFetched,
        kid: None,
        retry_after: Duration::from_secs(1),
    };
    let hint = |verifier: &Verifier| verifier.hint("", &failure().decided_by(Source::Verified));
    assert_eq!(hint(&verifier), None);
    verifier.issuers[0].keys = unreachable_keys();
    let unverified = verifier.verify(&token, UNIX_EPOCH).await.unwrap_err();
    assert!(
        matches!(unverified.failure, Failure::KeysUnavailable { .. }),
        "{unverified:?}"
    );
    let hint = hint(&verifier).unwrap();
    assert!(hint.starts_with("the last fetch failed: "), "{hint}");
}

#[tokio::test]
async fn the_failure_of_an_introspected_token_leads_to_what_is_configured() {
    let mut verifier = verifier(&[Algorithm::RS256]);
    verifier.introspected = Some(introspected_issuer());
    let hint = |verifier: &Verifier, failure: Failure| {
        verifier.hint("opaque", &failure.decided_by(Source::Introspected))
    };
    let unavailable = || Failure::IntrospectionUnavailable {
        retry_after: Duration::from_secs(1),
    };
    for (claim, expected) in [
        (
            InvalidClaim::Issuer("x".into()),
            Some("the configured issuer is \"i\", and the endpoint answers for another one"),
        ),
        (
            InvalidClaim::Audience("x".into()),
            Some("the configured audience is \"api\""),
        ),
        (
            InvalidClaim::Missing(Claim::Audience),
            Some(
                "the endpoint's answer has no `aud`: have the issuer send it, or set \
                 `introspection_audience = \"unchecked\"`",
            ),
        ),
        (InvalidClaim::Missing(Claim::Subject), None),
    ] {
        let given = hint(&verifier, Failure::InvalidClaim(claim));
        assert_eq!(given.as_deref(), expected);
    }
    // The first request has not been made yet, so no error is known.
    assert_eq!(hint(&verifier, unavailable()), None);
    let refused = verifier.verify("opaque", UNIX_EPOCH).await.unwrap_err();
    let given = hint(&verifier, refused.failure).unwrap();
    assert!(given.starts_with("the last request failed: "), "{given}");
}
