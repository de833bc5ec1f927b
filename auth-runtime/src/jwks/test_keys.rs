//! Provides real keys of every type, which are generated when a test first needs one.

use std::sync::LazyLock;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256,
    RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

// In the tests package, which shares this file, `Algorithm` is the type of jsonwebtoken.
use super::Algorithm::{self, ES256, ES384, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};

/// The algorithms of all keys that a key set can hold.
pub(crate) const ALL: [Algorithm; 9] = [
    RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA,
];

pub(crate) enum TestKey {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    P384(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

static RSA: LazyLock<TestKey> = LazyLock::new(TestKey::new_rsa);
static P256: LazyLock<TestKey> = LazyLock::new(|| {
    TestKey::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
});
static P384: LazyLock<TestKey> = LazyLock::new(|| {
    TestKey::P384(EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap())
});
static ED25519: LazyLock<TestKey> =
    LazyLock::new(|| TestKey::Ed25519(Ed25519KeyPair::generate().unwrap()));

impl TestKey {
    /// Returns one key of each type.
    pub(crate) fn every() -> [&'static Self; 4] {
        [&RSA, &P256, &P384, &ED25519]
    }

    /// Returns a key for this algorithm, which all tests share.
    pub(crate) fn for_algorithm(algorithm: Algorithm) -> &'static Self {
        match algorithm {
            ES256 => &P256,
            ES384 => &P384,
            EdDSA => &ED25519,
            _ => &RSA,
        }
    }

    pub(crate) fn new_rsa() -> Self {
        Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    /// Returns its public half as a JSON Web Key with these members changed. `null` removes a member.
    pub(crate) fn jwk(&self, changed: Value) -> Value {
        let mut jwk = match self {
            Self::Rsa(pair) => {
                let key = pair.public_key();
                json!({
                    "kty": "RSA",
                    "n": encode(key.modulus().big_endian_without_leading_zero()),
                    "e": encode(key.exponent().big_endian_without_leading_zero()),
                })
            }
            Self::P256(pair) => ec("P-256", pair.public_key().as_ref()),
            Self::P384(pair) => ec("P-384", pair.public_key().as_ref()),
            Self::Ed25519(pair) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": encode(pair.public_key().as_ref())})
            }
        };
        let Value::Object(changed) = changed else {
            unreachable!("the members are an object");
        };
        for (name, value) in changed {
            match value {
                Value::Null => jwk.as_object_mut().unwrap().remove(&name),
                value => jwk.as_object_mut().unwrap().insert(name, value),
            };
        }
        jwk
    }

    /// Returns its public half in PEM form.
    pub(crate) fn pem(&self) -> String {
        let der: PublicKeyX509Der<'_> = match self {
            Self::Rsa(pair) => pair.public_key().as_der(),
            Self::P256(pair) | Self::P384(pair) => pair.public_key().as_der(),
            Self::Ed25519(pair) => pair.public_key().as_der(),
        }
        .unwrap();
        pem("PUBLIC KEY", der.as_ref())
    }

    pub(crate) fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(pair) => {
                let padding: &'static dyn RsaEncoding = match algorithm {
                    RS384 => &RSA_PKCS1_SHA384,
                    RS512 => &RSA_PKCS1_SHA512,
                    PS256 => &RSA_PSS_SHA256,
                    PS384 => &RSA_PSS_SHA384,
                    PS512 => &RSA_PSS_SHA512,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, message, &mut signature)
                    .unwrap();
                signature
            }
            Self::P256(pair) | Self::P384(pair) => {
                pair.sign(&random, message).unwrap().as_ref().to_vec()
            }
            Self::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    /// Signs a token with this header and payload, which need not be valid.
    pub(crate) fn token(&self, algorithm: Algorithm, header: &Value, payload: &Value) -> String {
        let message = format!(
            "{}.{}",
            encode(header.to_string()),
            encode(payload.to_string())
        );
        let signature = self.sign(algorithm, message.as_bytes());
        format!("{message}.{}", encode(signature))
    }
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        STANDARD.encode(der)
    )
}

fn ec(curve: &str, point: &[u8]) -> Value {
    let (x, y) = point[1..].split_at(point.len() / 2);
    json!({"kty": "EC", "crv": curve, "x": encode(x), "y": encode(y)})
}
