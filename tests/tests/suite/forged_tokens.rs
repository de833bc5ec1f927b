//! Tests tokens that the issuer did not sign, or that contain the key to verify them with.

use auth_runtime::issuer::LocalIssuer;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE};
use serde_json::{Value, json};

use crate::support::*;

/// Returns the claims of a token that is valid except for its signature.
fn claims(issuer: &LocalIssuer) -> Value {
    json!({ "iss": issuer.url(), "aud": issuer.audience(), "sub": "mallory", "exp": now() + 600 })
}

async fn expect_invalid(seed: &Seed, token: &str) {
    seed.answer(token).await.expect(&INVALID_TOKEN);
}

#[tokio::test]
async fn an_unsigned_token_is_refused() {
    let seed = seed().await;
    let signature = Parts::parse(&seed.token().mint()).signature;
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        for header in [
            json!({ "alg": alg }),
            json!({ "alg": alg, "kid": seed.issuer.kid() }),
        ] {
            let message = unsigned(&header, &claims(&seed.issuer));
            expect_invalid(&seed, &format!("{message}.")).await;
            expect_invalid(&seed, &message).await;
            expect_invalid(&seed, &format!("{message}.{signature}")).await;
        }
    }
}

#[tokio::test]
async fn hs256_with_the_public_key_as_secret_is_refused() {
    let seed = seed().await;
    let jwks: Value = serde_json::from_str(&seed.issuer.jwks()).unwrap();
    let pem = public_key_pem(&seed.issuer);
    let secrets = [
        pem.clone(),
        pem.trim_end().to_owned(),
        seed.issuer.jwks(),
        jwks["keys"][0].to_string(),
        jwks["keys"][0]["n"].as_str().unwrap().to_owned(),
        seed.issuer.kid(),
        String::new(),
    ];
    let header = json!({ "alg": "HS256", "typ": "JWT", "kid": seed.issuer.kid() });
    let message = unsigned(&header, &claims(&seed.issuer));
    for secret in secrets {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let signature = encode(hmac::sign(&key, message.as_bytes()));
        expect_invalid(&seed, &format!("{message}.{signature}")).await;
    }
}

#[tokio::test]
async fn another_key_under_the_issuers_kid_is_refused() {
    let seed = seed().await;
    expect_invalid(&seed, &seed.token().other_key().mint()).await;
    let kid = seed.issuer.kid();
    let other = LocalIssuer::start(seed.issuer.audience()).await.unwrap();
    let token = other
        .token()
        .header("kid", kid)
        .claim("iss", seed.issuer.url());
    expect_invalid(&seed, &token.mint()).await;
    let without_kid = other
        .token()
        .without_header("kid")
        .claim("iss", seed.issuer.url());
    expect_invalid(&seed, &without_kid.mint()).await;
}

#[tokio::test]
async fn an_algorithm_that_is_not_configured_is_refused() {
    let seed = seed().await;
    for alg in [
        "RS384", "RS512", "PS256", "ES256", "EdDSA", "HS512", "rs256", "RS256 ", "RSA1_5",
    ] {
        // The token is signed with RS256, although the header names another algorithm.
        let token = seed.token().header("alg", alg).mint();
        expect_invalid(&seed, &token).await;
    }
}

#[tokio::test]
async fn a_key_is_used_only_with_the_algorithm_that_it_names() {
    let algorithms = vec!["PS256", "RS256"];
    let seed = seed_with([("algorithms", algorithms.into())]).await;
    seed.answer(&seed.token().mint()).await.expect_success();
    // The `alg` of the issuer's key is RS256.
    let token = seed.token().header("alg", "PS256").mint();
    seed.answer(&token).await.expect(&UNKNOWN_KEY);
}

#[tokio::test]
async fn missing_swapped_and_additional_parts_are_refused() {
    let seed = seed().await;
    let Parts {
        header: h,
        payload: p,
        signature: s,
    } = Parts::parse(&seed.token().mint());
    let tokens = [
        format!("{h}.{p}."),
        format!("{h}.{p}"),
        format!("{h}..{s}"),
        format!(".{p}.{s}"),
        format!("{h}.{s}"),
        h.clone(),
        format!("{p}.{h}.{s}"),
        format!("{h}.{s}.{p}"),
        format!("{h}.{p}.{s}.{s}"),
        format!("{h}.{p}.{s}."),
        format!(".{h}.{p}.{s}"),
        format!("{h}.{p}.{s}.."),
        format!("{h}.{h}.{p}.{s}.{s}"),
        ".".to_owned(),
        "..".to_owned(),
        "...".to_owned(),
    ];
    for token in tokens {
        expect_invalid(&seed, &token).await;
    }
}

#[tokio::test]
async fn parts_of_different_tokens_are_refused() {
    let seed = seed().await;
    let ours = Parts::parse(&seed.token().scope("a").mint());
    let theirs = Parts::parse(&seed.token().scope("b").mint());
    let plain = Parts::parse(&seed.token().without_header("typ").scope("a").mint());
    let tokens = [
        Parts {
            payload: theirs.payload,
            ..ours.clone()
        },
        Parts {
            signature: theirs.signature,
            ..ours.clone()
        },
        Parts {
            header: plain.header,
            ..ours
        },
    ];
    for parts in tokens {
        expect_invalid(&seed, &parts.token()).await;
    }
}

#[tokio::test]
async fn a_truncated_or_changed_signature_is_refused() {
    let seed = seed().await;
    let good = Parts::parse(&seed.token().mint());
    let (_, cut) = good.signature.split_at(4);
    let (start, _) = good.signature.split_at(good.signature.len() - 4);
    let zeros = encode([0; 256]);
    let ones = encode([0xff; 256]);
    for signature in [
        cut,
        start,
        "AAAA",
        &zeros,
        &ones,
        &format!("AAAA{}", good.signature),
    ] {
        let signature = signature.to_owned();
        expect_invalid(
            &seed,
            &Parts {
                signature,
                ..good.clone()
            }
            .token(),
        )
        .await;
    }
}

#[tokio::test]
async fn another_spelling_of_the_same_signature_is_refused() {
    let seed = seed().await;
    let has_both = |parts: &Parts| parts.signature.contains('-') && parts.signature.contains('_');
    let mint = |number: u32| Parts::parse(&seed.token().claim("number", number).mint());
    let good = (0..1000).map(mint).find(has_both).unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(&good.signature)
        .unwrap();
    // 256 bytes leave four bits of the last character unused.
    let (start, last) = good.signature.split_at(good.signature.len() - 1);
    let unused_bit_set = match last {
        "A" => "B",
        "Q" => "R",
        "g" => "h",
        _ => "x",
    };
    let spellings = [
        URL_SAFE.encode(&bytes),
        format!("{}=", good.signature),
        STANDARD_NO_PAD.encode(&bytes),
        format!("{start}{unused_bit_set}"),
        good.signature.replace('-', "%2D"),
    ];
    for signature in spellings {
        assert_ne!(signature, good.signature);
        expect_invalid(
            &seed,
            &Parts {
                signature,
                ..good.clone()
            }
            .token(),
        )
        .await;
    }
    seed.answer(&good.token()).await.expect_success();
}

#[tokio::test]
async fn padding_and_other_characters_in_header_or_payload_are_refused() {
    let seed = seed().await;
    let good = Parts::parse(&seed.token().mint());
    for wrong in ["=", "==", "+", "/", "*", "%3D"] {
        let header = format!("{}{wrong}", good.header);
        expect_invalid(
            &seed,
            &Parts {
                header,
                ..good.clone()
            }
            .token(),
        )
        .await;
        let payload = format!("{}{wrong}", good.payload);
        expect_invalid(
            &seed,
            &Parts {
                payload,
                ..good.clone()
            }
            .token(),
        )
        .await;
    }
}

#[tokio::test]
async fn a_key_in_the_header_of_a_token_is_neither_used_nor_fetched() {
    let seed = seed().await;
    let attacker = LocalIssuer::start(seed.issuer.audience()).await.unwrap();
    let server = FaultServer::up(Answer::keys(attacker.jwks()));
    let set: Value = serde_json::from_str(&attacker.jwks()).unwrap();
    let parameters = [
        ("jku", json!(server.uri())),
        ("x5u", json!(server.uri())),
        ("jwk", set["keys"][0].clone()),
        ("x5c", json!([public_key_pem(&attacker)])),
    ];
    for (name, value) in parameters {
        let forged = || {
            attacker
                .token()
                .claim("iss", seed.issuer.url())
                .header(name, value.clone())
        };
        seed.answer(&forged().mint()).await.expect(&UNKNOWN_KEY);
        expect_invalid(&seed, &forged().without_header("kid").mint()).await;
        expect_invalid(&seed, &forged().header("kid", seed.issuer.kid()).mint()).await;
        // It does not make a valid token invalid either.
        let good = seed.token().header(name, value.clone()).mint();
        seed.answer(&good).await.expect_success();
    }
    let own_issuer = attacker
        .token()
        .claim("iss", server.uri())
        .header("kid", seed.issuer.kid());
    expect_invalid(&seed, &own_issuer.mint()).await;
    assert_eq!(server.hits(), 0);
}

#[tokio::test]
async fn a_token_that_another_issuer_signed_is_refused() {
    let seed = seed().await;
    let other = LocalIssuer::start(seed.issuer.audience()).await.unwrap();
    seed.answer(&other.token().mint())
        .await
        .expect(&UNKNOWN_KEY);
}

#[tokio::test]
async fn an_encrypted_token_and_json_serialization_are_refused() {
    let seed = seed().await;
    let Parts {
        header,
        payload,
        signature,
    } = Parts::parse(&seed.token().mint());
    let header_of_jwe = encode(r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#);
    expect_invalid(&seed, &format!("{header_of_jwe}.AAAA.AAAA.AAAA.AAAA")).await;
    let flattened = json!({ "protected": header, "payload": payload, "signature": signature });
    expect_invalid(&seed, &flattened.to_string()).await;
}
