//! Defines a key, which is bound to its type and its algorithms when it is parsed.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::LazyLock;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters,
    RsaPublicKeyComponents, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_PAD_INDIFFERENT;
use curve25519_dalek::edwards::CompressedEdwardsY;

use super::algorithm::{Algorithm, KeyType};
use super::jwk::{Jwk, Member};

/// The accepted sizes of an RSA modulus in bits: the minimum of RFC 7518 §3.3, and the maximum of the
/// crypto library.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// A key that can verify signatures.
#[derive(Debug)]
pub(crate) struct Key {
    kid: Option<Box<str>>,
    /// The parsed key for each algorithm that it may be used with. Parsing it for each token would
    /// add 14 % to a verification.
    verifiers: Vec<(Algorithm, VerifyingKey)>,
}

/// A key bound to one algorithm.
#[derive(Debug)]
pub(crate) enum VerifyingKey {
    Public {
        key: ParsedPublicKey,
        /// Computed once, because computing it again costs 500 instructions for each token.
        fingerprint: u64,
    },
    /// A shared secret. Key sets cannot contain one.
    Secret(Box<hmac::Key>),
}

/// The reason why a key of a set cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unusable {
    #[error("it is not a JSON object in which each member occurs once")]
    NotAKey,
    #[error("its `kid` is not a string")]
    Kid,
    #[error("its `use` is not `sig`")]
    Use,
    #[error("its `key_ops` do not contain `verify`")]
    Operations,
    #[error("its `alg` is not among the accepted algorithms, or does not fit its type")]
    Algorithm,
    #[error("no accepted algorithm fits its type")]
    Type,
    #[error("its RSA modulus has {0} bits instead of 2048 to 8192")]
    ModulusSize(usize),
    #[error("its RSA exponent is even or less than 3")]
    Exponent,
    #[error("its parameters are not base64url")]
    Encoding,
    #[error("its parameters are not a public key of its type")]
    Parameters,
}

impl Key {
    /// Parses a JSON Web Key for those of the accepted algorithms that fit it.
    ///
    /// # Errors
    /// Fails if the key cannot be used with any of them.
    pub(crate) fn parse(jwk: &serde_json::Value, accepted: &[Algorithm]) -> Result<Self, Unusable> {
        let jwk = Jwk::parse(&jwk.to_string()).ok_or(Unusable::NotAKey)?;
        Self::from_jwk(&jwk, accepted)
    }

    pub(super) fn from_jwk(jwk: &Jwk, accepted: &[Algorithm]) -> Result<Self, Unusable> {
        if !(jwk.public_key_use.is_absent() || jwk.public_key_use.text() == Some("sig")) {
            return Err(Unusable::Use);
        }
        if !(jwk.key_ops.is_absent() || jwk.key_ops.contains("verify")) {
            return Err(Unusable::Operations);
        }
        let kid = match &jwk.kid {
            Member::Absent => None,
            Member::Text(kid) => Some(kid.as_str().into()),
            Member::List(_) | Member::Other => return Err(Unusable::Kid),
        };
        let fitting = fitting_algorithms(jwk, accepted)?;
        Ok(Self {
            kid,
            ..Self::from_public(verifiers(jwk, &fitting)?)
        })
    }

    /// Creates a public key without a `kid`.
    pub(super) fn from_public(verifiers: Vec<(Algorithm, ParsedPublicKey)>) -> Self {
        let public = |(algorithm, key)| (algorithm, VerifyingKey::from_public(key));
        Self {
            kid: None,
            verifiers: verifiers.into_iter().map(public).collect(),
        }
    }

    /// Creates a shared secret, which can only be used with HS256.
    pub(super) fn from_secret(secret: &[u8]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        Self {
            kid: None,
            verifiers: vec![(Algorithm::HS256, VerifyingKey::Secret(Box::new(key)))],
        }
    }

    pub(crate) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Returns whether this is the key with this fingerprint.
    pub(super) fn is(&self, fingerprint: u64) -> bool {
        let mut keys = self.verifiers.iter();
        keys.any(|(_, key)| key.fingerprint() == Some(fingerprint))
    }

    /// Returns the key for signatures of this algorithm, if it may be used with it.
    pub(crate) fn verifier(&self, algorithm: Algorithm) -> Option<&VerifyingKey> {
        let fitting = self.verifiers.iter().find(|(own, _)| *own == algorithm);
        fitting.map(|(_, verifier)| verifier)
    }
}

impl VerifyingKey {
    fn from_public(key: ParsedPublicKey) -> Self {
        /// The hash is randomised, so that nobody can choose two keys with the same fingerprint.
        static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);

        Self::Public {
            fingerprint: HASHER.hash_one(key.as_ref()),
            key,
        }
    }

    /// Returns a number that identifies the key within this process, whatever set it is in. Returns
    /// `None` for a secret, because secrets are configured and no issuer withdraws them.
    pub(crate) fn fingerprint(&self) -> Option<u64> {
        match self {
            Self::Public { fingerprint, .. } => Some(*fingerprint),
            Self::Secret(_) => None,
        }
    }

    /// Returns whether this is the key's signature of the message.
    pub(crate) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Public { key, .. } => key.verify_sig(message, signature).is_ok(),
            // Compares in constant time.
            Self::Secret(key) => hmac::verify(key, message, signature).is_ok(),
        }
    }
}

/// Returns the accepted algorithms that fit the key's type and its own `alg`.
fn fitting_algorithms(jwk: &Jwk, accepted: &[Algorithm]) -> Result<Vec<Algorithm>, Unusable> {
    let own: Option<Algorithm> = match &jwk.alg {
        Member::Absent => None,
        Member::Text(name) => Some(name.parse().map_err(|_| Unusable::Algorithm)?),
        Member::List(_) | Member::Other => return Err(Unusable::Algorithm),
    };
    let key_type = key_type(jwk).ok_or(Unusable::Type)?;
    let fitting: Vec<_> = Algorithm::ASYMMETRIC
        .into_iter()
        .filter(|algorithm| algorithm.key_type() == key_type && accepted.contains(algorithm))
        .collect();
    match own {
        None if fitting.is_empty() => Err(Unusable::Type),
        None => Ok(fitting),
        Some(own) if fitting.contains(&own) => Ok(vec![own]),
        Some(_) => Err(Unusable::Algorithm),
    }
}

/// Returns the type of the key, or `None` if no algorithm of a key set uses it.
fn key_type(jwk: &Jwk) -> Option<KeyType> {
    match (jwk.kty.text()?, jwk.crv.text()) {
        ("RSA", _) => Some(KeyType::Rsa),
        ("EC", Some("P-256")) => Some(KeyType::P256),
        ("EC", Some("P-384")) => Some(KeyType::P384),
        ("OKP", Some("Ed25519")) => Some(KeyType::Ed25519),
        _ => None,
    }
}

fn verifiers(
    jwk: &Jwk,
    algorithms: &[Algorithm],
) -> Result<Vec<(Algorithm, ParsedPublicKey)>, Unusable> {
    let verifier = |algorithm: &Algorithm| {
        let key = match algorithm.key_type() {
            KeyType::Rsa => rsa_key(jwk, *algorithm)?,
            KeyType::P256 => ec_key(jwk, &ECDSA_P256_SHA256_FIXED, 32)?,
            KeyType::P384 => ec_key(jwk, &ECDSA_P384_SHA384_FIXED, 48)?,
            KeyType::Ed25519 => ed25519_key(jwk)?,
            KeyType::Secret => return Err(Unusable::Type),
        };
        Ok((*algorithm, key))
    };
    algorithms.iter().map(verifier).collect()
}

fn rsa_key(jwk: &Jwk, algorithm: Algorithm) -> Result<ParsedPublicKey, Unusable> {
    let parameters = rsa_parameters(algorithm).ok_or(Unusable::Type)?;
    let (n, e) = (decode(&jwk.n)?, decode(&jwk.e)?);
    let (n, e) = (without_leading_zeros(&n), without_leading_zeros(&e));
    check_rsa(n, e)?;
    RsaPublicKeyComponents { n, e }
        .to_parsed_public_key(parameters)
        .map_err(|_| Unusable::Parameters)
}

fn ec_key(
    jwk: &Jwk,
    algorithm: &'static dyn VerificationAlgorithm,
    length: usize,
) -> Result<ParsedPublicKey, Unusable> {
    let (x, y) = (decode(&jwk.x)?, decode(&jwk.y)?);
    if x.len() != length || y.len() != length {
        return Err(Unusable::Parameters);
    }
    // This is the uncompressed form (SEC 1 §2.3.3). Parsing it checks that the point is on the curve.
    parse(algorithm, &[&[4], &*x, &*y].concat())
}

fn ed25519_key(jwk: &Jwk) -> Result<ParsedPublicKey, Unusable> {
    let x = decode(&jwk.x)?;
    // The length is checked because the library would also accept a key in DER form.
    match <&[u8; 32]>::try_from(&*x) {
        Ok(point) if is_ed25519(point) => parse(&ED25519, point),
        _ => Err(Unusable::Parameters),
    }
}

fn parse(
    algorithm: &'static dyn VerificationAlgorithm,
    key: &[u8],
) -> Result<ParsedPublicKey, Unusable> {
    ParsedPublicKey::new(algorithm, key).map_err(|_| Unusable::Parameters)
}

/// Returns the parameters of an RSA algorithm, or `None` for other algorithms.
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

/// Returns whether it is a point of the curve (RFC 8032 §5.1.3), but not one of the eight points of small
/// order, for which signatures can be made without a private key.
pub(super) fn is_ed25519(point: &[u8; 32]) -> bool {
    let point = CompressedEdwardsY(*point).decompress();
    point.is_some_and(|point| !point.is_small_order())
}

/// Checks the modulus and the exponent, which must not have leading zeros.
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

/// Decodes base64url. RFC 7515 §2 omits the padding, but some issuers write it.
fn decode(member: &Member) -> Result<Vec<u8>, Unusable> {
    let text = member.text().ok_or(Unusable::Parameters)?;
    URL_SAFE_PAD_INDIFFERENT
        .decode(text)
        .map_err(|_| Unusable::Encoding)
}

/// Removes the extra zero octet that some issuers put in front of the modulus (RFC 7518 §6.3.1.1).
fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

#[cfg(test)]
mod tests;
