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
use curve25519_dalek::edwards::CompressedEdwardsY;
use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse, RSAKeyParameters,
};
use serde_json::Value;

use super::algorithm::{Algorithm, KeyType};

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
            Some(name) => {
                let name = name.to_string();
                Some(name.parse::<Algorithm>().map_err(|_| Unusable::Algorithm)?)
            }
            None => None,
        };
        let key_type = key_type(&jwk.algorithm).ok_or(Unusable::Type)?;
        let fitting: Vec<Algorithm> = Algorithm::ASYMMETRIC
            .into_iter()
            .filter(|fits| fits.key_type() == key_type)
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

/// `None` if no algorithm of a key set uses keys of this type.
fn key_type(parameters: &AlgorithmParameters) -> Option<KeyType> {
    match parameters {
        AlgorithmParameters::RSA(_) => Some(KeyType::Rsa),
        AlgorithmParameters::EllipticCurve(ec) => match ec.curve {
            EllipticCurve::P256 => Some(KeyType::P256),
            EllipticCurve::P384 => Some(KeyType::P384),
            _ => None,
        },
        AlgorithmParameters::OctetKeyPair(okp) if okp.curve == EllipticCurve::Ed25519 => {
            Some(KeyType::Ed25519)
        }
        _ => None,
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
            match x.first_chunk() {
                Some(point) if x.len() == 32 && is_ed25519(point) => parse(&ED25519, point),
                _ => Err(Unusable::Parameters),
            }
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
        Algorithm::ES256 | Algorithm::ES384 | Algorithm::EdDSA | Algorithm::HS256 => return None,
    })
}

/// Whether it is a point of the curve (RFC 8032 §5.1.3), and none of the eight by which a signature
/// could be made without a private key.
pub(super) fn is_ed25519(point: &[u8; 32]) -> bool {
    let point = CompressedEdwardsY(*point).decompress();
    point.is_some_and(|point| !point.is_small_order())
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
mod tests;
