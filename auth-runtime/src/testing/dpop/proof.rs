//! The proofs of a key, both valid and invalid.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Map, Value, json};

use super::encode;
use super::key::DpopKey;

/// A proof that is about to be signed. It is right as it is made; the methods change one thing each.
///
/// The chapter [Bound tokens](crate::guide::bound_tokens#testing) shows a test.
#[derive(Clone, Debug)]
#[must_use = "a proof is not made before `sign`"]
pub struct DpopProof<'k> {
    key: &'k DpopKey,
    signed_by: &'k DpopKey,
    header: Map<String, Value>,
    claims: Map<String, Value>,
}

impl<'k> DpopProof<'k> {
    /// Starts a proof that is made at this time.
    pub(super) fn new(
        key: &'k DpopKey,
        method: &str,
        url: &str,
        token: &str,
        now: SystemTime,
    ) -> Self {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let proof = Self {
            key,
            signed_by: key,
            header: Map::new(),
            claims: Map::new(),
        };
        proof
            .header("typ", "dpop+jwt")
            .header("alg", "ES256")
            .header("jwk", key.jwk())
            .claim("jti", format!("{:032x}", fastrand::u128(..)))
            .claim("htm", method)
            .claim("htu", url)
            .claim("iat", now.as_secs())
            .claim("ath", encode(digest(&SHA256, token.as_bytes())))
    }

    /// Sets a header parameter.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    /// Leaves a header parameter out.
    pub fn without_header(mut self, name: &str) -> Self {
        self.header.remove(name);
        self
    }

    /// Sets a claim.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Leaves a claim out.
    pub fn without_claim(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    /// Adds the nonce that the API asked for.
    pub fn nonce(self, nonce: &str) -> Self {
        self.claim("nonce", nonce)
    }

    /// Makes the proof invalid: it was created this long ago.
    pub fn aged(self, age: Duration) -> Self {
        let then = self.issued().saturating_sub(age.as_secs());
        self.claim("iat", then)
    }

    /// Makes the proof invalid: it is signed by another key than the one that it names.
    pub fn signed_by(mut self, other: &'k DpopKey) -> Self {
        self.signed_by = other;
        self
    }

    /// Signs the proof.
    pub fn sign(self) -> String {
        let (header, claims) = (json!(self.header), json!(self.claims));
        let message = format!(
            "{}.{}",
            encode(header.to_string()),
            encode(claims.to_string())
        );
        let signature = self.signed_by.sign(message.as_bytes());
        format!("{message}.{}", encode(signature))
    }

    /// Returns proofs of which each is wrong in one way, with what is wrong.
    pub fn wrong(self) -> Vec<(&'static str, String)> {
        let other = Self {
            key: self.key,
            ..self.clone()
        };
        let mut private = self.key.jwk();
        if let Some(members) = private.as_object_mut() {
            members.insert("d".to_owned(), "AA".into());
        }
        let foreign = DpopKey::generate();
        let now = || self.clone();
        let day = Duration::from_secs(24 * 60 * 60);
        let far = self.issued() + 3600;
        vec![
            (
                "another key",
                now()
                    .header("jwk", foreign.jwk())
                    .signed_by(&foreign)
                    .sign(),
            ),
            (
                "the signature of another key",
                now().signed_by(&foreign).sign(),
            ),
            ("no `typ`", now().without_header("typ").sign()),
            ("another `typ`", now().header("typ", "JWT").sign()),
            ("`alg` none", now().header("alg", "none").sign()),
            ("an HMAC `alg`", now().header("alg", "HS256").sign()),
            ("no `jwk`", now().without_header("jwk").sign()),
            ("a private `jwk`", now().header("jwk", private).sign()),
            ("`crit`", now().header("crit", json!(["exp"])).sign()),
            ("no `jti`", now().without_claim("jti").sign()),
            ("an empty `jti`", now().claim("jti", "").sign()),
            (
                "a `jti` of 257 bytes",
                now().claim("jti", "j".repeat(257)).sign(),
            ),
            ("no `htm`", now().without_claim("htm").sign()),
            ("another `htm`", now().claim("htm", "PROPFIND").sign()),
            ("no `htu`", now().without_claim("htu").sign()),
            (
                "another `htu`",
                now().claim("htu", "https://other.invalid/").sign(),
            ),
            ("no `iat`", now().without_claim("iat").sign()),
            ("an `iat` that is a string", now().claim("iat", "1").sign()),
            ("an `iat` of yesterday", now().aged(day).sign()),
            ("an `iat` to come", now().claim("iat", far).sign()),
            ("no `ath`", now().without_claim("ath").sign()),
            (
                "the `ath` of another token",
                now().claim("ath", encode(digest(&SHA256, b"other"))).sign(),
            ),
            ("two proofs", format!("{}, {}", now().sign(), other.sign())),
            ("no proof but text", "proof".to_owned()),
        ]
    }

    /// Returns the `jti`.
    pub(in crate::testing) fn jti(&self) -> &str {
        let jti = self.claims.get("jti").and_then(Value::as_str);
        jti.unwrap_or_default()
    }

    /// Returns the `iat`.
    fn issued(&self) -> u64 {
        let issued = self.claims.get("iat").and_then(Value::as_u64);
        issued.unwrap_or_default()
    }
}
