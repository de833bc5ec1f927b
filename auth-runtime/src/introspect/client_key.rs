//! Defines the private key with which this API authenticates at its issuer (`private_key_jwt`).

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256,
    RSA_PSS_SHA256, RsaKeyPair,
};
use pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// A private key and the algorithm that its type implies.
pub(crate) enum ClientKey {
    Rs256(RsaKeyPair),
    Ps256(RsaKeyPair),
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
}

/// The reason why a file is not a private key that can sign.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotAPrivateKey {
    #[error("it has no unencrypted private key in PEM form")]
    Pem,
    #[error(
        "its key cannot sign: use an RSA key of 2048 to 8192 bits, a P-256 key or an Ed25519 key"
    )]
    Unusable,
}

/// The error if the crypto library does not sign.
#[derive(Debug, thiserror::Error)]
#[error("the crypto library did not sign with the configured `client_key`")]
pub(crate) struct SigningError;

impl ClientKey {
    /// Parses a `PRIVATE KEY`, an `RSA PRIVATE KEY` or an `EC PRIVATE KEY`.
    ///
    /// # Errors
    /// Fails if the file does not contain such a key, or if the key has another type or size.
    pub(crate) fn from_pem(pem: &[u8]) -> Result<Self, NotAPrivateKey> {
        let key = PrivateKeyDer::from_pem_slice(pem).map_err(|_| NotAPrivateKey::Pem)?;
        let key = match &key {
            PrivateKeyDer::Pkcs1(key) => rsa(key.secret_pkcs1_der()).map(Self::Rs256),
            PrivateKeyDer::Sec1(key) => p256(key.secret_sec1_der()).map(Self::Es256),
            PrivateKeyDer::Pkcs8(key) => Self::from_pkcs8(key.secret_pkcs8_der()),
            _ => None,
        };
        key.ok_or(NotAPrivateKey::Unusable)
    }

    fn from_pkcs8(der: &[u8]) -> Option<Self> {
        let info = PrivateKeyInfoRef::try_from(der).ok()?;
        let key = info.private_key.as_bytes();
        match info.algorithm.oid {
            RSA => rsa(key).map(Self::Rs256),
            RSA_PSS => rsa(key).map(Self::Ps256),
            EC => EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der)
                .ok()
                .map(Self::Es256),
            ED25519 => Ed25519KeyPair::from_pkcs8_maybe_unchecked(der)
                .ok()
                .map(Self::EdDsa),
            _ => None,
        }
    }

    /// Returns the name of the algorithm in a JWS header.
    pub(crate) fn algorithm(&self) -> &'static str {
        match self {
            Self::Rs256(_) => "RS256",
            Self::Ps256(_) => "PS256",
            Self::Es256(_) => "ES256",
            Self::EdDsa(_) => "EdDSA",
        }
    }

    /// Signs a message.
    ///
    /// # Errors
    /// Fails if the crypto library does.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        let random = SystemRandom::new();
        let (pair, padding) = match self {
            Self::Rs256(pair) => (pair, &RSA_PKCS1_SHA256),
            Self::Ps256(pair) => (pair, &RSA_PSS_SHA256),
            Self::Es256(pair) => {
                let signature = pair.sign(&random, message).map_err(|_| SigningError)?;
                return Ok(signature.as_ref().to_vec());
            }
            Self::EdDsa(pair) => return Ok(pair.sign(message).as_ref().to_vec()),
        };
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(padding, &random, message, &mut signature)
            .map_err(|_| SigningError)?;
        Ok(signature)
    }
}

fn rsa(der: &[u8]) -> Option<RsaKeyPair> {
    RsaKeyPair::from_der(der).ok()
}

fn p256(der: &[u8]) -> Option<EcdsaKeyPair> {
    EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, der).ok()
}

/// Hides the key.
impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ClientKey").field(&self.algorithm()).finish()
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
    use aws_lc_rs::rsa::KeySize;
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED_SIGNING, ED25519 as VERIFY_ED25519,
        KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey,
        VerificationAlgorithm,
    };
    use pkcs8::der::Decode as _;

    use super::super::super::jwks::test_keys::pem;
    use super::*;

    fn signs(
        key: &ClientKey,
        name: &str,
        algorithm: &'static dyn VerificationAlgorithm,
        public: &[u8],
    ) {
        assert_eq!(key.algorithm(), name);
        let signature = key.sign(b"message").unwrap();
        let public = UnparsedPublicKey::new(algorithm, public);
        assert!(public.verify(b"message", &signature).is_ok(), "{name}");
        assert!(public.verify(b"other", &signature).is_err(), "{name}");
    }

    fn pkcs8(key: &impl AsDer<Pkcs8V1Der<'static>>) -> Vec<u8> {
        key.as_der().unwrap().as_ref().to_vec()
    }

    #[test]
    fn the_type_of_a_key_decides_the_algorithm() {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let (public, der) = (pair.public_key().as_ref().to_vec(), pkcs8(&pair));
        let key = ClientKey::from_pem(pem("PRIVATE KEY", &der).as_bytes()).unwrap();
        signs(&key, "RS256", &RSA_PKCS1_2048_8192_SHA256, &public);
        let info = PrivateKeyInfoRef::from_der(&der).unwrap();
        let inner = info.private_key.as_bytes();
        let key = ClientKey::from_pem(pem("RSA PRIVATE KEY", inner).as_bytes()).unwrap();
        signs(&key, "RS256", &RSA_PKCS1_2048_8192_SHA256, &public);
        // `openssl genpkey -algorithm RSA-PSS` writes the same key under another identifier.
        let rsa = RSA.as_bytes();
        let place = der.windows(rsa.len()).position(|window| window == rsa);
        let mut pss = der.clone();
        let place = place.unwrap();
        pss[place..place + rsa.len()].copy_from_slice(RSA_PSS.as_bytes());
        let key = ClientKey::from_pem(pem("PRIVATE KEY", &pss).as_bytes()).unwrap();
        signs(&key, "PS256", &RSA_PSS_2048_8192_SHA256, &public);
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let public = pair.public_key().as_ref().to_vec();
        let der = pair.to_pkcs8v1().unwrap();
        let key = ClientKey::from_pem(pem("PRIVATE KEY", der.as_ref()).as_bytes()).unwrap();
        signs(&key, "ES256", &ECDSA_P256_SHA256_FIXED, &public);
        let pair = Ed25519KeyPair::generate().unwrap();
        let public = pair.public_key().as_ref().to_vec();
        let key = ClientKey::from_pem(pem("PRIVATE KEY", &pkcs8(&pair)).as_bytes()).unwrap();
        signs(&key, "EdDSA", &VERIFY_ED25519, &public);
    }

    #[test]
    fn other_keys_and_other_files_are_refused() {
        let pair = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
        let p384 = pem("PRIVATE KEY", pair.to_pkcs8v1().unwrap().as_ref());
        let error = |pem: &str| ClientKey::from_pem(pem.as_bytes()).unwrap_err();
        assert_eq!(error(&p384), NotAPrivateKey::Unusable);
        assert_eq!(
            error(&pem("PRIVATE KEY", &[1, 2])),
            NotAPrivateKey::Unusable
        );
        for other in [
            "",
            "key",
            &pem("ENCRYPTED PRIVATE KEY", &[1]),
            &pem("PUBLIC KEY", &[1]),
        ] {
            assert_eq!(error(other), NotAPrivateKey::Pem, "{other}");
        }
    }

    #[test]
    fn debug_output_shows_no_key() {
        let pair = Ed25519KeyPair::generate().unwrap();
        let key = ClientKey::from_pem(pem("PRIVATE KEY", &pkcs8(&pair)).as_bytes()).unwrap();
        assert_eq!(format!("{key:?}"), "ClientKey(\"EdDSA\")");
    }
}
