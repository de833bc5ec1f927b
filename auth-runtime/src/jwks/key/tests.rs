use serde_json::json;

use super::*;
use crate::jwks::test_keys::{ALL, TestKey, encode};

fn of(jwk: &Value) -> Result<Vec<Algorithm>, Unusable> {
    let key = Key::parse(jwk, &ALL)?;
    Ok(key
        .verifiers
        .iter()
        .map(|(algorithm, _)| *algorithm)
        .collect())
}

#[test]
fn a_key_serves_the_algorithms_of_its_type_and_no_others() {
    for key in TestKey::every() {
        let fits = |own: &Algorithm| std::ptr::eq(TestKey::of(*own), key);
        let expected: Vec<_> = ALL.into_iter().filter(fits).collect();
        assert_eq!(of(&key.jwk(json!({}))).unwrap(), expected);
    }
}

#[test]
fn a_key_that_names_its_algorithm_serves_that_one_alone() {
    use Algorithm::{PS384, RS256};
    let rsa = TestKey::of(RS256);
    assert_eq!(of(&rsa.jwk(json!({"alg": "PS384"}))).unwrap(), [PS384]);
    for alg in ["ES256", "HS256", "RSA-OAEP", "none", "", "rs256"] {
        let refused = of(&rsa.jwk(json!({ "alg": alg })));
        assert!(
            matches!(refused, Err(Unusable::Algorithm)),
            "{alg}: {refused:?}"
        );
    }
    let accepted = [RS256];
    let refused = Key::parse(&rsa.jwk(json!({"alg": "PS384"})), &accepted);
    assert!(matches!(refused, Err(Unusable::Algorithm)));
}

#[test]
fn use_and_operations_are_heeded() {
    let rsa = TestKey::of(Algorithm::RS256);
    for fine in [
        json!({"use": "sig"}),
        json!({"key_ops": ["verify"]}),
        json!({"key_ops": ["verify", "unknown"]}),
    ] {
        assert!(of(&rsa.jwk(fine.clone())).is_ok(), "{fine}");
    }
    for bad in [
        json!({"use": "enc"}),
        json!({"use": ""}),
        json!({"use": "SIG"}),
    ] {
        assert!(
            matches!(of(&rsa.jwk(bad.clone())), Err(Unusable::Use)),
            "{bad}"
        );
    }
    for bad in [json!({"key_ops": []}), json!({"key_ops": ["sign"]})] {
        assert!(
            matches!(of(&rsa.jwk(bad.clone())), Err(Unusable::Operations)),
            "{bad}"
        );
    }
}

#[test]
fn rsa_numbers_are_checked() {
    let rsa = TestKey::of(Algorithm::RS256);
    let n = |bytes: usize, first: u8| {
        let mut n = vec![0xff; bytes];
        n[0] = first;
        encode(n)
    };
    let refused = |changed: Value| of(&rsa.jwk(changed)).unwrap_err();
    assert!(matches!(
        refused(json!({"n": n(256, 0x7f)})),
        Unusable::ModulusSize(2047)
    ));
    assert!(matches!(
        refused(json!({"n": n(128, 0xff)})),
        Unusable::ModulusSize(1024)
    ));
    assert!(matches!(
        refused(json!({"n": n(1025, 1)})),
        Unusable::ModulusSize(8193)
    ));
    assert!(matches!(
        refused(json!({"n": ""})),
        Unusable::ModulusSize(0)
    ));
    for e in ["", "AA", "AQ", "Ag", "AAAAAQ", "AQAA"] {
        assert!(
            matches!(refused(json!({ "e": e })), Unusable::Exponent),
            "{e}"
        );
    }
    assert!(of(&rsa.jwk(json!({"e": "Aw"}))).is_ok());
    for text in ["AQAB=", "AQ AB", "A", "+/8B"] {
        assert!(
            matches!(refused(json!({ "e": text })), Unusable::Encoding),
            "{text}"
        );
    }
}

#[test]
fn an_extra_zero_in_front_of_a_modulus_does_no_harm() {
    let rsa = TestKey::of(Algorithm::RS256);
    let n = URL_SAFE_NO_PAD
        .decode(rsa.jwk(json!({}))["n"].as_str().unwrap())
        .unwrap();
    assert!(of(&rsa.jwk(json!({"n": encode([&[0], &*n].concat()), "e": "AAEAAQ"}))).is_ok());
}

#[test]
fn points_are_on_their_curve_and_of_its_length() {
    let (p256, ed) = (TestKey::of(Algorithm::ES256), TestKey::of(Algorithm::EdDSA));
    let x = p256.jwk(json!({}))["x"].clone();
    for bad in [
        json!({"x": encode([1; 32]), "y": encode([1; 32])}),
        json!({"x": encode([0; 32]), "y": encode([0; 32])}),
        json!({ "y": x }),
        json!({"x": encode([1; 31])}),
        json!({"x": ""}),
        json!({"x": encode([0; 33])}),
        json!({"crv": "P-384"}),
    ] {
        let refused = of(&p256.jwk(bad.clone()));
        assert!(
            matches!(refused, Err(Unusable::Parameters)),
            "{bad}: {refused:?}"
        );
    }
    for length in [0, 31, 33, 44] {
        let refused = of(&ed.jwk(json!({"x": encode(vec![1; length])})));
        assert!(
            matches!(refused, Err(Unusable::Parameters)),
            "{length}: {refused:?}"
        );
    }
}

#[test]
fn an_ed25519_key_is_a_point_of_its_curve_and_of_a_large_order() {
    let key = |y: u8| {
        let mut point = [0; 32];
        point[0] = y;
        of(&json!({"kty": "OKP", "crv": "Ed25519", "x": encode(point)}))
    };
    // 0 and 1 are points, by which anyone can sign.
    for y in [0, 1, 2, 7] {
        assert!(matches!(key(y), Err(Unusable::Parameters)), "{y}");
    }
    for y in [3, 4, 5] {
        assert!(key(y).is_ok(), "{y}");
    }
}

#[test]
fn what_is_no_public_key_of_a_known_type_cannot_serve() {
    let (rsa, p256) = (TestKey::of(Algorithm::RS256), TestKey::of(Algorithm::ES256));
    for bad in [
        json!(null),
        json!([]),
        json!({}),
        json!("RSA"),
        json!({"kty": "oct", "k": encode([1; 64])}),
        json!({"kty": "oct", "k": encode([1; 64]), "alg": "HS256"}),
        rsa.jwk(json!({"kty": "unknown"})),
        rsa.jwk(json!({"kty": null})),
        rsa.jwk(json!({"kty": "EC"})),
        rsa.jwk(json!({"n": null})),
        rsa.jwk(json!({"kid": 1})),
        rsa.jwk(json!({"alg": 1})),
        rsa.jwk(json!({"use": 1})),
        p256.jwk(json!({"crv": "P-521"})),
        p256.jwk(json!({"crv": "secp256k1"})),
        p256.jwk(json!({"crv": "Ed25519"})),
        p256.jwk(json!({"y": null})),
        json!({"kty": "OKP", "crv": "X25519", "x": encode([9; 32])}),
        json!({"kty": "OKP", "crv": "Ed448", "x": encode([9; 57])}),
    ] {
        assert!(of(&bad).is_err(), "{bad}");
    }
}

#[test]
fn a_signature_counts_for_its_own_algorithm_alone() {
    for own in ALL {
        let signature = TestKey::of(own).sign(own, b"message");
        for key in TestKey::every() {
            let key = Key::parse(&key.jwk(json!({})), &ALL).unwrap();
            for (algorithm, verifier) in &key.verifiers {
                let counts = verifier.has_signed(b"message", &signature);
                assert_eq!(counts, *algorithm == own, "{own:?} as {algorithm:?}");
                assert!(!verifier.has_signed(b"other", &signature));
                assert!(!verifier.has_signed(b"message", &[]));
            }
        }
    }
}
