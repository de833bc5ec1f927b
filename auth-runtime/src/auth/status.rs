//! The state of the keys, for operators.

use std::sync::Arc;
use std::time::Duration;

use crate::verify::Issuer;

/// What is known of the keys of one issuer, or of a group that shares them: see
/// [`Auth::status`](crate::Auth::status).
#[derive(Clone, Debug)]
pub struct IssuerStatus {
    names: Vec<String>,
    kids: Vec<Option<String>>,
    age: Option<Duration>,
    last_error: Option<Arc<str>>,
}

impl IssuerStatus {
    pub(super) fn new(issuer: &Issuer) -> Self {
        let health = issuer.keys.health();
        Self {
            names: issuer.names.to_vec(),
            kids: issuer.keys.current().set().map_or_else(Vec::new, |keys| {
                keys.kids().map(|kid| kid.map(str::to_owned)).collect()
            }),
            age: health.age,
            last_error: health.error,
        }
    }

    /// Returns the accepted `iss`: one, or several that share their other settings. The list is empty
    /// with a shared secret and no configured issuer.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The `kid` of each key that can be used now; `None` for one that has no `kid`.
    pub fn key_ids(&self) -> impl Iterator<Item = Option<&str>> {
        self.kids.iter().map(Option::as_deref)
    }

    /// How long ago the keys were fetched, or found unchanged. `None` for keys that are configured,
    /// and where no fetch has succeeded yet.
    pub fn age(&self) -> Option<Duration> {
        self.age
    }

    /// Why the last fetch failed, if it did. For operators: it may name hosts that callers should
    /// not learn of.
    pub fn last_error(&self) -> Option<&str> {
        self.last_error.as_deref()
    }

    /// Whether there is a key by which tokens can be verified.
    pub fn is_ready(&self) -> bool {
        !self.kids.is_empty()
    }
}
