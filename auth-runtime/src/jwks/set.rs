//! A set of keys: parsed once, never changed.

use std::collections::HashMap;

use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};

use super::key::{Key, Unusable, VerifyingKey};

const MOST_KEYS: usize = 100;
/// Of several keys with one `kid`, so many are tried.
pub(crate) const MOST_CANDIDATES: usize = 4;

/// The usable keys of a JSON Web Key Set (RFC 7517 §5), or keys that are configured.
#[derive(Debug, Default)]
pub(crate) struct KeySet {
    by_kid: HashMap<Box<str>, Vec<usize>>,
    keys: Vec<Key>,
    /// The keys have no names, and serve whatever a token calls its own.
    unnamed: bool,
}

/// What a set could not use.
#[derive(Debug)]
pub(crate) struct Skipped {
    pub(crate) kid: String,
    pub(crate) reason: Unusable,
}

/// Why a document is no key set.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotAKeySet {
    #[error("it is not a JSON object: {0}")]
    Json(#[from] serde_json::Error),
    #[error("it has no list `keys`")]
    NoKeys,
    #[error("it has {0} keys, more than {MOST_KEYS}")]
    TooManyKeys(usize),
}

impl KeySet {
    /// A configured public key: it serves every token, whatever its `kid`.
    pub(crate) fn of_key(key: Key) -> Self {
        Self {
            keys: vec![key],
            unnamed: true,
            by_kid: HashMap::new(),
        }
    }

    /// Shared secrets, each for HS256.
    pub(crate) fn of_secrets(secrets: &[Vec<u8>]) -> Self {
        let keys = secrets
            .iter()
            .map(|secret| Key::of_secret(secret))
            .collect();
        Self {
            keys,
            unnamed: true,
            by_kid: HashMap::new(),
        }
    }

    /// Takes the keys that can serve, and tells of the others.
    ///
    /// # Errors
    /// If the document is no key set.
    pub(crate) fn parse(
        document: &[u8],
        accepted: &[Algorithm],
    ) -> Result<(Self, Vec<Skipped>), NotAKeySet> {
        let document: Map<String, Value> = serde_json::from_slice(document)?;
        let Some(Value::Array(jwks)) = document.get("keys") else {
            return Err(NotAKeySet::NoKeys);
        };
        if jwks.len() > MOST_KEYS {
            return Err(NotAKeySet::TooManyKeys(jwks.len()));
        }
        let mut set = Self::default();
        let mut skipped = Vec::new();
        for jwk in jwks {
            match Key::parse(jwk, accepted) {
                Ok(key) => set.add(key),
                Err(reason) => {
                    let kid = jwk.get("kid").and_then(Value::as_str).unwrap_or("(none)");
                    skipped.push(Skipped {
                        kid: kid.chars().take(64).collect(),
                        reason,
                    });
                }
            }
        }
        Ok((set, skipped))
    }

    fn add(&mut self, key: Key) {
        if let Some(kid) = key.kid() {
            self.by_kid
                .entry(kid.into())
                .or_default()
                .push(self.keys.len());
        }
        self.keys.push(key);
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether a token with this header can be tried at all.
    pub(crate) fn serves(&self, kid: Option<&str>, algorithm: Algorithm) -> bool {
        self.candidates(kid, algorithm).next().is_some()
    }

    /// The keys that a token with this header is tried with: those of its `kid`; without one,
    /// the only key that fits its algorithm, if there is exactly one.
    pub(crate) fn candidates(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> impl Iterator<Item = &VerifyingKey> {
        let named = kid
            .and_then(|kid| self.by_kid.get(kid))
            .map_or(&[][..], Vec::as_slice);
        let named = named.iter().filter_map(|index| self.keys.get(*index));
        let only = if kid.is_none() && !self.unnamed {
            self.only(algorithm)
        } else {
            None
        };
        let unnamed = if self.unnamed { &*self.keys } else { &[] };
        named
            .chain(unnamed)
            .filter_map(move |key| key.verifier(algorithm))
            .chain(only)
            .take(MOST_CANDIDATES)
    }

    /// Whether a token without `kid` could be meant for more than one key.
    pub(crate) fn is_ambiguous(&self, algorithm: Algorithm) -> bool {
        self.fitting(algorithm).nth(1).is_some()
    }

    fn only(&self, algorithm: Algorithm) -> Option<&VerifyingKey> {
        let mut fitting = self.fitting(algorithm);
        fitting.next().filter(|_| fitting.next().is_none())
    }

    fn fitting(&self, algorithm: Algorithm) -> impl Iterator<Item = &VerifyingKey> {
        self.keys
            .iter()
            .filter_map(move |key| key.verifier(algorithm))
    }
}
