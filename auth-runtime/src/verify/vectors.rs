//! The examples of the standards. Their signatures are valid, but their claims are refused because
//! they are not access tokens.

use std::time::Duration;

use serde_json::{Value, json};

use super::tests::{verifier, verify_at};
use crate::jwks::Algorithm::{self, ES256, EdDSA, HS256, PS384, RS256};
use crate::jwks::KeySet;
use crate::token::Claim;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;

/// The payload of RFC 7515 appendix A. Its `iss` is `joe`, its `exp` is 1300819380, and it has no
/// audience.
const JOE: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
/// The payload of RFC 7520 §4, which is plain text.
const FRODO: &str = "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4";

const A1_SECRET: &str =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
const A1: (&str, &str) = (
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9",
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
);
const A2_MODULUS: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
const A2: (&str, &str) = (
    "eyJhbGciOiJSUzI1NiJ9",
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
);
const A3: (&str, &str) = (
    "eyJhbGciOiJFUzI1NiJ9",
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
);
/// The header is `{"alg":"none"}`.
const A5: (&str, &str) = ("eyJhbGciOiJub25lIn0", "");

const BILBO: &str = "n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw";
const RFC_7520_4_1: (&str, &str) = (
    "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9",
    "MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg",
);
const RFC_7520_4_2: (&str, &str) = (
    "eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9",
    "cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-tPid6VrklHkqsGqDqHCdP6O8TTB5dDDItllVo6_1OLPpcbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqrYRXe8P_ijQ7p8Vdz0TTrxUeT3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1aCN_2_jLAeQTlqRHtfa64QQSUmFAAjVKPbByi7xho0uTOcbH510a6GYmJUAfmWjwZ6oD4ifKo8DYM-X72Eaw",
);

fn token((header, signature): (&str, &str), payload: &str) -> String {
    format!("{header}.{payload}.{signature}")
}

/// Returns why a token is refused at a time when RFC 7515's examples are not expired yet.
fn failure_of(token: &str, key: &Value, algorithm: Algorithm) -> Failure {
    let keys = json!({ "keys": [key] }).to_string();
    let (keys, _) = KeySet::parse(keys.as_bytes(), &[algorithm]).unwrap();
    verify_at(&verifier(keys, &[algorithm], "joe"), token, 1_300_819_379).unwrap_err()
}

/// Returns the token with one bit of its signature flipped.
fn forged((header, signature): (&'static str, &str), payload: &str) -> String {
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    bytes[7] ^= 1;
    token((header, &URL_SAFE_NO_PAD.encode(bytes)), payload)
}

fn a2_key() -> Value {
    json!({"kty": "RSA", "n": A2_MODULUS, "e": "AQAB"})
}

fn a3_key() -> Value {
    json!({
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    })
}

#[test]
fn rfc_7515_a_2_has_a_valid_signature_and_no_audience() {
    let failure = failure_of(&token(A2, JOE), &a2_key(), RS256);
    assert!(
        matches!(
            failure,
            Failure::InvalidClaim(InvalidClaim::Missing(Claim::Audience))
        ),
        "{failure}"
    );
    assert!(matches!(
        failure_of(&forged(A2, JOE), &a2_key(), RS256),
        Failure::Signature
    ));
}

#[test]
fn rfc_7515_a_3_has_a_valid_signature_and_no_audience() {
    let failure = failure_of(&token(A3, JOE), &a3_key(), ES256);
    assert!(
        matches!(
            failure,
            Failure::InvalidClaim(InvalidClaim::Missing(Claim::Audience))
        ),
        "{failure}"
    );
    assert!(matches!(
        failure_of(&forged(A3, JOE), &a3_key(), ES256),
        Failure::Signature
    ));
}

#[test]
fn a_token_is_expired_in_the_second_of_its_exp() {
    let keys = json!({ "keys": [a2_key()] }).to_string();
    let (keys, _) = KeySet::parse(keys.as_bytes(), &[RS256]).unwrap();
    let failure = verify_at(
        &verifier(keys, &[RS256], "joe"),
        &token(A2, JOE),
        1_300_819_380,
    );
    assert!(matches!(failure, Err(Failure::Expired(_))));
}

#[test]
fn rfc_7515_a_1_and_a_5_are_refused_with_a_key_set() {
    for key in [a2_key(), a3_key(), json!({"kty": "oct", "k": A1_SECRET})] {
        let failure = failure_of(&token(A1, JOE), &key, RS256);
        assert!(
            matches!(failure, Failure::AlgorithmNotAccepted(HS256)),
            "{failure}"
        );
        let failure = failure_of(&token(A5, JOE), &key, RS256);
        assert!(
            matches!(failure, Failure::Malformed(Malformed::Unsigned)),
            "{failure}"
        );
    }
}

#[test]
fn rfc_7515_a_1_has_a_valid_signature_in_shared_secret_mode() {
    let verifier =
        |secret: &[u8]| verifier(KeySet::from_secrets(&[secret.to_vec()]), &[HS256], "joe");
    let secret = URL_SAFE_NO_PAD.decode(A1_SECRET).unwrap();
    let failure = verify_at(&verifier(&secret), &token(A1, JOE), 1_300_819_379).unwrap_err();
    assert!(
        matches!(
            failure,
            Failure::InvalidClaim(InvalidClaim::Missing(Claim::Audience))
        ),
        "{failure}"
    );
    let failure = verify_at(&verifier(&secret[1..]), &token(A1, JOE), 1_300_819_379).unwrap_err();
    assert!(matches!(failure, Failure::Signature), "{failure}");
    let failure = verify_at(&verifier(&secret), &token(A5, JOE), 1_300_819_379).unwrap_err();
    assert!(
        matches!(failure, Failure::Malformed(Malformed::Unsigned)),
        "{failure}"
    );
}

#[test]
fn rfc_7520_4_1_and_4_2_have_valid_signatures_and_a_payload_that_is_not_an_object() {
    let kid = "bilbo.baggins@hobbiton.example";
    let key = json!({"kty": "RSA", "kid": kid, "use": "sig", "n": BILBO, "e": "AQAB"});
    for (example, algorithm) in [(RFC_7520_4_1, RS256), (RFC_7520_4_2, PS384)] {
        let failure = failure_of(&token(example, FRODO), &key, algorithm);
        assert!(
            matches!(
                failure,
                Failure::Malformed(Malformed::Json(Part::Payload, _))
            ),
            "{failure}"
        );
        let failure = failure_of(&forged(example, FRODO), &key, algorithm);
        assert!(matches!(failure, Failure::Signature), "{failure}");
    }
}

#[test]
fn rfc_8037_a_4_has_a_valid_signature_and_a_payload_that_is_not_an_object() {
    let example = (
        "eyJhbGciOiJFZERTQSJ9",
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    );
    let payload = "RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    let key = json!({"kty": "OKP", "crv": "Ed25519", "x": x});
    let failure = failure_of(&token(example, payload), &key, EdDSA);
    assert!(
        matches!(
            failure,
            Failure::Malformed(Malformed::Json(Part::Payload, _))
        ),
        "{failure}"
    );
    assert!(matches!(
        failure_of(&forged(example, payload), &key, EdDSA),
        Failure::Signature
    ));
}

#[test]
fn a_clock_before_1970_accepts_nothing() {
    let keys = json!({ "keys": [a2_key()] }).to_string();
    let (keys, _) = KeySet::parse(keys.as_bytes(), &[RS256]).unwrap();
    let verifier = verifier(keys, &[RS256], "joe");
    let before = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
    let failure = super::tests::block_on(verifier.verify(&token(A2, JOE), before));
    let failure = failure.unwrap_err().failure;
    assert!(matches!(failure, Failure::Expired(_)), "{failure}");
}
