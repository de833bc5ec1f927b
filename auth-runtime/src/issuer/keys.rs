//! The RSA keys of the issuer.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

pub(super) struct SigningKeys {
    current: RwLock<Arc<SigningKey>>,
    /// A key that is never published, for tokens that are signed with a wrong key.
    foreign: SigningKey,
}

pub(super) struct SigningKey {
    pair: RsaKeyPair,
    kid: String,
}

impl SigningKeys {
    /// Generates the keys. Returns `None` if the crypto library fails.
    pub(super) fn generate() -> Option<Self> {
        let current = RwLock::new(Arc::new(SigningKey::generate()?));
        Some(Self {
            current,
            foreign: SigningKey::generate()?,
        })
    }

    pub(super) fn current(&self) -> Arc<SigningKey> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn foreign(&self) -> &SigningKey {
        &self.foreign
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

    /// Signs with RS256 and returns a JWS in compact serialisation (RFC 7515 §7.1).
    pub(super) fn sign(&self, header: &[u8], payload: &[u8]) -> String {
        let mut token = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(payload)
        );
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let random = SystemRandom::new();
        if self
            .pair
            .sign(&RSA_PKCS1_SHA256, &random, token.as_bytes(), &mut signature)
            .is_err()
        {
            // Nobody accepts an empty signature.
            log::error!("the crypto library cannot sign a token");
            signature.clear();
        }
        token.push('.');
        token.push_str(&URL_SAFE_NO_PAD.encode(signature));
        token
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
