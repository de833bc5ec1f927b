//! One key of a set, bound to its type and its algorithms when it is taken in.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters,
    RsaPublicKeyComponents, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse, RSAKeyParameters,
};
use serde_json::Value;

/// The bounds of RSA moduli, in bits: RFC 7518 §3.3, and what the crypto library takes.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// A key that can check signatures.
#[derive(Debug)]
pub(crate) struct Key {
    kid: Option<Box<str>>,
    /// Parsed once for each algorithm that it may serve: parsing anew costs 14 % of a signature
    /// check.
    verifiers: Vec<(Algorithm, VerifyingKey)>,
}

/// A key bound to one algorithm.
#[derive(Debug)]
pub(crate) enum VerifyingKey {
    Public(ParsedPublicKey),
    /// In shared-secret mode alone: a key set cannot hold one.
    Secret(Box<hmac::Key>),
}

/// Why a key of a set cannot serve.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unusable {
    #[error("it is not a JSON Web Key: {0}")]
    NotAKey(#[from] serde_json::Error),
    #[error("its `use` is not `sig`")]
    Use,
    #[error("its `key_ops` lack `verify`")]
    Operations,
    #[error("its `alg` is not among the accepted algorithms, or does not fit its type")]
    Algorithm,
    #[error("no accepted algorithm fits its type")]
    Type,
    #[error("an RSA modulus has 2048 to 8192 bits, this one {0}")]
    ModulusSize(usize),
    #[error("an RSA exponent is odd and at least 3")]
    Exponent,
    #[error("its parameters are not base64url")]
    Encoding,
    #[error("its parameters are not a public key of its type")]
    Parameters,
}

impl Key {
    /// # Errors
    /// If the key cannot serve any of the algorithms.
    pub(crate) fn parse(jwk: &Value, accepted: &[Algorithm]) -> Result<Self, Unusable> {
        let jwk: Jwk = serde::Deserialize::deserialize(jwk)?;
        if !matches!(
            jwk.common.public_key_use,
            None | Some(PublicKeyUse::Signature)
        ) {
            return Err(Unusable::Use);
        }
        if jwk
            .common
            .key_operations
            .as_ref()
            .is_some_and(|all| !all.contains(&KeyOperations::Verify))
        {
            return Err(Unusable::Operations);
        }
        let own = match jwk.common.key_algorithm {
            Some(name) => Some(Algorithm::try_from(name).map_err(|_| Unusable::Algorithm)?),
            None => None,
        };
        let fitting: Vec<Algorithm> = algorithms_of(&jwk.algorithm)
            .iter()
            .copied()
            .filter(|fits| accepted.contains(fits) && own.is_none_or(|own| own == *fits))
            .collect();
        if fitting.is_empty() {
            return Err(if own.is_some() {
                Unusable::Algorithm
            } else {
                Unusable::Type
            });
        }
        let kid = jwk.common.key_id.map(String::into_boxed_str);
        Ok(Self {
            kid,
            ..Self::of_public(verifiers(&jwk.algorithm, &fitting)?)
        })
    }

    /// A public key of its own, without a `kid`.
    pub(super) fn of_public(verifiers: Vec<(Algorithm, ParsedPublicKey)>) -> Self {
        let public = |(algorithm, key)| (algorithm, VerifyingKey::Public(key));
        Self {
            kid: None,
            verifiers: verifiers.into_iter().map(public).collect(),
        }
    }

    /// A shared secret, for HS256 alone.
    pub(super) fn of_secret(secret: &[u8]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        Self {
            kid: None,
            verifiers: vec![(Algorithm::HS256, VerifyingKey::Secret(Box::new(key)))],
        }
    }

    pub(crate) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// This key as one that checks signatures of this algorithm, if it is one.
    pub(crate) fn verifier(&self, algorithm: Algorithm) -> Option<&VerifyingKey> {
        let fitting = self.verifiers.iter().find(|(own, _)| *own == algorithm);
        fitting.map(|(_, verifier)| verifier)
    }
}

impl VerifyingKey {
    pub(crate) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Public(key) => key.verify_sig(message, signature).is_ok(),
            // Compares in constant time.
            Self::Secret(key) => hmac::verify(key, message, signature).is_ok(),
        }
    }
}

/// Whether the algorithm is one that a key set can serve: HMAC never is.
pub(crate) fn is_asymmetric(algorithm: Algorithm) -> bool {
    !matches!(
        algorithm,
        Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512
    )
}

/// The algorithms that a key of this type can serve (RFC 7518 §3.1, RFC 8037 §3.1).
fn algorithms_of(parameters: &AlgorithmParameters) -> &'static [Algorithm] {
    use Algorithm::{ES256, ES384, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};
    match parameters {
        AlgorithmParameters::RSA(_) => &[RS256, RS384, RS512, PS256, PS384, PS512],
        AlgorithmParameters::EllipticCurve(ec) => match ec.curve {
            EllipticCurve::P256 => &[ES256],
            EllipticCurve::P384 => &[ES384],
            _ => &[],
        },
        AlgorithmParameters::OctetKeyPair(okp) if okp.curve == EllipticCurve::Ed25519 => &[EdDSA],
        _ => &[],
    }
}

fn verifiers(
    parameters: &AlgorithmParameters,
    algorithms: &[Algorithm],
) -> Result<Vec<(Algorithm, ParsedPublicKey)>, Unusable> {
    let parse = |algorithm: &'static dyn VerificationAlgorithm, point: &[u8]| {
        ParsedPublicKey::new(algorithm, point).map_err(|_| Unusable::Parameters)
    };
    let of = |algorithm| match parameters {
        AlgorithmParameters::RSA(rsa) => rsa_verifier(rsa, algorithm),
        AlgorithmParameters::EllipticCurve(ec) => {
            let (algorithm, length): (&'static dyn VerificationAlgorithm, _) = match algorithm {
                Algorithm::ES384 => (&ECDSA_P384_SHA384_FIXED, 48),
                _ => (&ECDSA_P256_SHA256_FIXED, 32),
            };
            let (x, y) = (decode(&ec.x)?, decode(&ec.y)?);
            if x.len() != length || y.len() != length {
                return Err(Unusable::Parameters);
            }
            // The uncompressed form (SEC 1 §2.3.3); parsing checks that the point is on the curve.
            parse(algorithm, &[&[4], &*x, &*y].concat())
        }
        AlgorithmParameters::OctetKeyPair(okp) => {
            let x = decode(&okp.x)?;
            // The library would take a key in DER form as well.
            if x.len() != 32 {
                return Err(Unusable::Parameters);
            }
            parse(&ED25519, &x)
        }
        _ => Err(Unusable::Type),
    };
    algorithms
        .iter()
        .map(|algorithm| Ok((*algorithm, of(*algorithm)?)))
        .collect()
}

fn rsa_verifier(rsa: &RSAKeyParameters, algorithm: Algorithm) -> Result<ParsedPublicKey, Unusable> {
    let parameters = rsa_parameters(algorithm).ok_or(Unusable::Type)?;
    let (n, e) = (decode(&rsa.n)?, decode(&rsa.e)?);
    let (n, e) = (without_leading_zeros(&n), without_leading_zeros(&e));
    check_rsa(n, e)?;
    RsaPublicKeyComponents { n, e }
        .to_parsed_public_key(parameters)
        .map_err(|_| Unusable::Parameters)
}

pub(super) fn rsa_parameters(algorithm: Algorithm) -> Option<&'static RsaParameters> {
    Some(match algorithm {
        Algorithm::RS256 => &RSA_PKCS1_2048_8192_SHA256,
        Algorithm::RS384 => &RSA_PKCS1_2048_8192_SHA384,
        Algorithm::RS512 => &RSA_PKCS1_2048_8192_SHA512,
        Algorithm::PS256 => &RSA_PSS_2048_8192_SHA256,
        Algorithm::PS384 => &RSA_PSS_2048_8192_SHA384,
        Algorithm::PS512 => &RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

/// Modulus and exponent without leading zeros.
pub(super) fn check_rsa(n: &[u8], e: &[u8]) -> Result<(), Unusable> {
    let bits = n
        .first()
        .map_or(0, |first| n.len() * 8 - first.leading_zeros() as usize);
    if !RSA_BITS.contains(&bits) {
        return Err(Unusable::ModulusSize(bits));
    }
    match e {
        [] | [1] => Err(Unusable::Exponent),
        [.., last] if last % 2 == 0 => Err(Unusable::Exponent),
        _ => Ok(()),
    }
}

fn decode(text: &str) -> Result<Vec<u8>, Unusable> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Unusable::Encoding)
}

/// RFC 7518 §6.3.1.1 notes that some write an extra zero octet in front of the modulus.
fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::test_keys::{ALL, TestKey, encode};
    use super::*;

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
}
