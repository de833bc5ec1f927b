use serde_json::{Value, json};

use super::*;
use crate::jwks::test_keys::{ALL, TestKey, encode};

fn algorithms(jwk: &Value) -> Result<Vec<Algorithm>, Unusable> {
    let key = Key::parse(jwk, &ALL)?;
    Ok(key
        .verifiers
        .iter()
        .map(|(algorithm, _)| *algorithm)
        .collect())
}

#[test]
fn a_key_is_used_only_with_algorithms_of_its_type() {
    for key in TestKey::every() {
        let fits = |own: &Algorithm| std::ptr::eq(TestKey::for_algorithm(*own), key);
        let expected: Vec<_> = ALL.into_iter().filter(fits).collect();
        assert_eq!(algorithms(&key.jwk(json!({}))).unwrap(), expected);
    }
}

#[test]
fn a_key_with_an_alg_is_used_only_with_that_algorithm() {
    use Algorithm::{PS384, RS256};
    let rsa = TestKey::for_algorithm(RS256);
    assert_eq!(
        algorithms(&rsa.jwk(json!({"alg": "PS384"}))).unwrap(),
        [PS384]
    );
    for alg in ["ES256", "HS256", "RSA-OAEP", "none", "", "rs256"] {
        let refused = algorithms(&rsa.jwk(json!({ "alg": alg })));
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
fn a_key_is_for_verifying_signatures() {
    let rsa = TestKey::for_algorithm(Algorithm::RS256);
    for fine in [
        json!({"use": "sig"}),
        json!({"key_ops": ["verify"]}),
        json!({"key_ops": ["verify", "unknown", 1, {}]}),
        json!({"key_ops": "verify"}),
        json!({"use": null, "key_ops": null, "alg": null, "kid": null}),
    ] {
        assert!(algorithms(&rsa.jwk(fine.clone())).is_ok(), "{fine}");
    }
    for bad in [
        json!({"use": "enc"}),
        json!({"use": ""}),
        json!({"use": "SIG"}),
        json!({"use": 1}),
        json!({"use": ["sig"]}),
    ] {
        assert!(
            matches!(algorithms(&rsa.jwk(bad.clone())), Err(Unusable::Use)),
            "{bad}"
        );
    }
    for bad in [
        json!({"key_ops": []}),
        json!({"key_ops": ["sign", ["verify"]]}),
        json!({"key_ops": "sign"}),
        json!({"key_ops": {"verify": true}}),
        json!({"key_ops": 1}),
    ] {
        assert!(
            matches!(algorithms(&rsa.jwk(bad.clone())), Err(Unusable::Operations)),
            "{bad}"
        );
    }
}

#[test]
fn an_rsa_key_has_a_large_modulus_and_an_odd_exponent() {
    let rsa = TestKey::for_algorithm(Algorithm::RS256);
    let n = |bytes: usize, first: u8| {
        let mut n = vec![0xff; bytes];
        n[0] = first;
        encode(n)
    };
    let refused = |changed: Value| algorithms(&rsa.jwk(changed)).unwrap_err();
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
    assert!(algorithms(&rsa.jwk(json!({"e": "Aw"}))).is_ok());
    for text in ["AQAB=", "AQ AB", "A", "+/8B"] {
        assert!(
            matches!(refused(json!({ "e": text })), Unusable::Encoding),
            "{text}"
        );
    }
}

#[test]
fn leading_zeros_of_rsa_numbers_are_ignored() {
    let rsa = TestKey::for_algorithm(Algorithm::RS256);
    let n = URL_SAFE_PAD_INDIFFERENT
        .decode(rsa.jwk(json!({}))["n"].as_str().unwrap())
        .unwrap();
    assert!(
        algorithms(&rsa.jwk(json!({"n": encode([&[0], &*n].concat()), "e": "AAEAAQ"}))).is_ok()
    );
}

#[test]
fn a_point_must_be_on_its_curve_and_have_its_length() {
    let (p256, ed) = (
        TestKey::for_algorithm(Algorithm::ES256),
        TestKey::for_algorithm(Algorithm::EdDSA),
    );
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
        let refused = algorithms(&p256.jwk(bad.clone()));
        assert!(
            matches!(refused, Err(Unusable::Parameters)),
            "{bad}: {refused:?}"
        );
    }
    for length in [0, 31, 33, 44] {
        let refused = algorithms(&ed.jwk(json!({"x": encode(vec![1; length])})));
        assert!(
            matches!(refused, Err(Unusable::Parameters)),
            "{length}: {refused:?}"
        );
    }
}

#[test]
fn an_ed25519_key_is_a_point_of_its_curve_with_a_large_order() {
    let key = |y: u8| {
        let mut point = [0; 32];
        point[0] = y;
        algorithms(&json!({"kty": "OKP", "crv": "Ed25519", "x": encode(point)}))
    };
    // For the points 0 and 1, anyone can create signatures.
    for y in [0, 1, 2, 7] {
        assert!(matches!(key(y), Err(Unusable::Parameters)), "{y}");
    }
    for y in [3, 4, 5] {
        assert!(key(y).is_ok(), "{y}");
    }
}

#[test]
fn a_value_that_is_not_a_public_key_of_a_known_type_is_unusable() {
    let (rsa, p256) = (
        TestKey::for_algorithm(Algorithm::RS256),
        TestKey::for_algorithm(Algorithm::ES256),
    );
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
        assert!(algorithms(&bad).is_err(), "{bad}");
    }
}

#[test]
fn a_signature_verifies_only_with_its_own_algorithm() {
    for own in ALL {
        let signature = TestKey::for_algorithm(own).sign(own, b"message");
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

#[test]
fn irrelevant_members_are_ignored() {
    for key in TestKey::every() {
        let jwk = key.jwk(json!({
            "x5c": "text", "x5t": 1, "x5t#S256": [], "x5u": {}, "d": null, "oth": 5, "k": true,
            "ext": "yes", "nbf": {}, "exp": "never", "": [[[]]],
        }));
        assert!(algorithms(&jwk).is_ok(), "{jwk}");
    }
    // The members of other key types are ignored as well.
    let rsa = TestKey::for_algorithm(Algorithm::RS256).jwk(json!({"crv": 1, "x": [], "y": {}}));
    assert!(algorithms(&rsa).is_ok());
    let ec = TestKey::for_algorithm(Algorithm::ES256).jwk(json!({"n": 1, "e": [[]]}));
    assert!(algorithms(&ec).is_ok());
}

#[test]
fn padded_base64url_is_read() {
    for key in TestKey::every() {
        let mut jwk = key.jwk(json!({}));
        for name in ["n", "e", "x", "y"] {
            if let Some(text) = jwk[name].as_str() {
                let padding = "=".repeat(text.len().next_multiple_of(4) - text.len());
                jwk[name] = format!("{text}{padding}").into();
            } else {
                jwk.as_object_mut().unwrap().remove(name);
            }
        }
        assert!(algorithms(&jwk).is_ok(), "{jwk}");
    }
}

#[test]
fn both_names_of_ed25519_are_read() {
    for alg in ["EdDSA", "Ed25519"] {
        let jwk = TestKey::for_algorithm(Algorithm::EdDSA).jwk(json!({ "alg": alg }));
        assert_eq!(algorithms(&jwk), Ok(vec![Algorithm::EdDSA]));
    }
}

#[test]
fn a_key_with_a_repeated_member_is_unusable() {
    let jwk = TestKey::for_algorithm(Algorithm::ES256)
        .jwk(json!({}))
        .to_string();
    let repeated = |name: &str| {
        let repeated = jwk.replacen('{', &format!(r#"{{"{name}":"EC","#), 1);
        Key::from_jwk(&Jwk::parse(&repeated).unwrap(), &ALL)
    };
    assert_eq!(repeated("kty").unwrap_err(), Unusable::Type);
    assert_eq!(repeated("y").unwrap_err(), Unusable::Parameters);
    // Members that do not decide anything about this key may be repeated.
    let side = jwk.replacen('{', r#"{"side":1,"side":2,"n":"a","n":1e999,"#, 1);
    assert!(Key::from_jwk(&Jwk::parse(&side).unwrap(), &ALL).is_ok());
}
