//! Generates and rotates the RSA keys of the issuer, and signs with them.

use std::fmt;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::secret::CryptoFailure;

pub(super) struct SigningKeys {
    current: RwLock<Arc<SigningKey>>,
    /// A key that is never published, for tokens that are signed with a wrong key. It is generated when
    /// the first one is wanted, because few applications want one and a key takes a while.
    foreign: OnceLock<Option<SigningKey>>,
}

pub(super) struct SigningKey {
    pair: RsaKeyPair,
    kid: String,
}

impl SigningKeys {
    /// Generates the first key. Returns `None` if the crypto library fails.
    pub(super) fn generate() -> Option<Self> {
        Some(Self {
            current: RwLock::new(Arc::new(SigningKey::generate()?)),
            foreign: OnceLock::new(),
        })
    }

    pub(super) fn current(&self) -> Arc<SigningKey> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns the key that is never published.
    ///
    /// # Errors
    /// Fails if the crypto library fails.
    pub(super) fn foreign(&self) -> Result<&SigningKey, CryptoFailure> {
        let key = self.foreign.get_or_init(SigningKey::generate);
        key.as_ref().ok_or(CryptoFailure)
    }

    pub(super) fn rotate(&self) {
        let Some(new) = SigningKey::generate() else {
            log::error!("the crypto library cannot generate a new key; the old one stays in use");
            return;
        };
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
    }

    pub(super) fn jwks(&self) -> String {
        json!({ "keys": [self.current().jwk()] }).to_string()
    }
}

impl SigningKey {
    fn generate() -> Option<Self> {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).ok()?;
        // The end of the modulus is different for every key.
        let modulus = pair
            .public_key()
            .modulus()
            .big_endian_without_leading_zero();
        let tail = modulus.get(modulus.len().saturating_sub(9)..)?;
        let kid = URL_SAFE_NO_PAD.encode(tail);
        Some(Self { pair, kid })
    }

    pub(super) fn kid(&self) -> &str {
        &self.kid
    }

    /// Returns whether the token has this header and payload, and the signature of this key. RS256
    /// makes the same signature each time.
    pub(super) fn has_signed(&self, token: &str, header: &[u8], payload: &[u8]) -> bool {
        self.sign(header, payload)
            .is_ok_and(|signed| signed == token)
    }

    /// Signs with RS256 and returns a JWS in compact serialisation (RFC 7515 §7.1).
    ///
    /// # Errors
    /// Fails if the crypto library fails.
    pub(super) fn sign(&self, header: &[u8], payload: &[u8]) -> Result<String, CryptoFailure> {
        let mut token = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(payload)
        );
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let random = SystemRandom::new();
        self.pair
            .sign(&RSA_PKCS1_SHA256, &random, token.as_bytes(), &mut signature)
            .map_err(|_| CryptoFailure)?;
        token.push('.');
        token.push_str(&URL_SAFE_NO_PAD.encode(signature));
        Ok(token)
    }

    fn jwk(&self) -> Value {
        let public = self.pair.public_key();
        let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.kid,
            "n": number(public.modulus().big_endian_without_leading_zero()),
            "e": number(public.exponent().big_endian_without_leading_zero()),
        })
    }
}

/// Hides the private keys.
impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKeys")
            .field("kid", &self.current().kid)
            .finish_non_exhaustive()
    }
}
