//! The state of the keys, for operators.

use std::sync::Arc;
use std::time::Duration;

use crate::verify::{IntrospectedIssuer, Issuer};

/// What is known of the keys of one issuer, or of a group that shares them: see
/// [`Auth::status`](crate::Auth::status).
#[derive(Clone, Debug)]
pub struct IssuerStatus {
    names: Vec<String>,
    kids: Vec<Option<String>>,
    age: Option<Duration>,
    last_error: Option<Arc<str>>,
    /// For an issuer that is asked about its tokens: whether it has answered when it was last asked.
    endpoint_works: Option<bool>,
}

/// A failed introspection keeps an instance from being ready for this long.
const FAILURE_IS_RECENT: Duration = Duration::from_secs(30);

impl IssuerStatus {
    pub(super) fn with_keys(issuer: &Issuer) -> Self {
        let health = issuer.keys.health();
        Self {
            names: issuer.names.to_vec(),
            kids: issuer.keys.current().set().map_or_else(Vec::new, |keys| {
                keys.kids().map(|kid| kid.map(str::to_owned)).collect()
            }),
            age: health.age,
            last_error: health.error,
            endpoint_works: None,
        }
    }

    pub(super) fn introspected(issuer: &IntrospectedIssuer) -> Self {
        let health = issuer.introspector.health();
        // Requests find out whether the endpoint works again. They only come to an instance that is
        // ready.
        let failed_lately = health
            .error
            .as_ref()
            .is_some_and(|(at, _)| at.elapsed() < FAILURE_IS_RECENT);
        Self {
            names: issuer.names.to_vec(),
            kids: Vec::new(),
            age: health.answered.map(|answered| answered.elapsed()),
            last_error: health.error.map(|(_, error)| error),
            endpoint_works: Some(!failed_lately),
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
        self.endpoint_works.unwrap_or(!self.kids.is_empty())
    }
}
