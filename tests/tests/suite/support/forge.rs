//! Creates tokens that an issuer would not issue.

use std::time::{SystemTime, UNIX_EPOCH};

use auth_runtime::issuer::LocalIssuer;
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::PublicEncryptingKey;
use aws_lc_rs::signature::RsaPublicKeyComponents;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

/// The three parts of a token.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) header: String,
    pub(crate) payload: String,
    pub(crate) signature: String,
}

impl Parts {
    pub(crate) fn parse(token: &str) -> Self {
        let parts: Vec<_> = token.split('.').collect();
        let [header, payload, signature] = parts[..] else {
            unreachable!("the issuer mints tokens of three parts");
        };
        let [header, payload, signature] = [header, payload, signature].map(str::to_owned);
        Self {
            header,
            payload,
            signature,
        }
    }

    pub(crate) fn token(&self) -> String {
        format!("{}.{}.{}", self.header, self.payload, self.signature)
    }
}

/// Encodes as base64url without padding.
pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Returns the header and the payload of a token with the dot between them.
pub(crate) fn unsigned(header: &Value, payload: &Value) -> String {
    format!(
        "{}.{}",
        encode(header.to_string()),
        encode(payload.to_string())
    )
}

/// Returns the public key of the issuer in PEM.
pub(crate) fn public_key_pem(issuer: &LocalIssuer) -> String {
    let jwks: Value = serde_json::from_str(&issuer.jwks()).expect("a key set is JSON");
    let number = |name: &str| {
        let text = jwks["keys"][0][name]
            .as_str()
            .expect("the key is an RSA key");
        URL_SAFE_NO_PAD
            .decode(text)
            .expect("the number is base64url")
    };
    let components = RsaPublicKeyComponents {
        n: number("n"),
        e: number("e"),
    };
    let key: PublicEncryptingKey = components.try_into().expect("the key is an RSA key");
    let der: PublicKeyX509Der<'_> = key.as_der().expect("the key has a DER form");
    let text = STANDARD.encode(der.as_ref());
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(64)
        .map(String::from_utf8_lossy)
        .collect();
    format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        lines.join("\n")
    )
}

/// Returns the seconds since 1970.
pub(crate) fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.expect("the clock is set").as_secs()
}
