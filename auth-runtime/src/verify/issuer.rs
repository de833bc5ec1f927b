//! Defines an accepted issuer: its keys, and what its tokens must say.

use std::sync::Arc;
use std::time::SystemTime;

use super::claims::AudienceClaim;
use crate::jwks::{Algorithm, KeySet, KeySource};

/// An accepted issuer, and the rules for its tokens.
#[derive(Debug)]
pub(crate) struct Issuer {
    /// The `iss` of its tokens, compared exactly: one or several that share everything else. There
    /// may be none if a shared secret takes the place of the issuer.
    pub(crate) names: Box<[String]>,
    pub(crate) audience: Box<[String]>,
    /// The claims that may hold the audience.
    pub(crate) audience_claims: Box<[AudienceClaim]>,
    pub(crate) algorithms: Box<[Algorithm]>,
    pub(crate) keys: KeySource,
    /// A secret that is accepted beside the keys for the time of a migration.
    pub(crate) secret: Option<TemporarySecret>,
}

/// A shared secret that verifies HS256 until a migration ends, beside the keys of the issuer, which
/// verify every other algorithm.
#[derive(Clone, Debug)]
pub(crate) struct TemporarySecret {
    pub(crate) keys: Arc<KeySet>,
    pub(crate) until: SystemTime,
}

impl Issuer {
    pub(super) fn accepts(&self, algorithm: Algorithm, now: SystemTime) -> bool {
        self.algorithms.contains(&algorithm) || self.secret_for(algorithm, now).is_some()
    }

    /// Returns the secret that verifies this algorithm at this time, if there is one beside the keys.
    pub(super) fn secret_for(
        &self,
        algorithm: Algorithm,
        now: SystemTime,
    ) -> Option<&TemporarySecret> {
        let secret = self.secret.as_ref()?;
        (algorithm == Algorithm::HS256 && now < secret.until).then_some(secret)
    }

    /// Returns whether a token that was verified with this generation of a key set would still be
    /// verified.
    pub(super) fn has_key_set(&self, generation: Option<u64>, now: SystemTime) -> bool {
        let secret = self.secret_for(Algorithm::HS256, now);
        self.keys.generation() == generation
            || secret.is_some_and(|secret| Some(secret.keys.generation()) == generation)
    }
}

#[cfg(test)]
mod tests;
