//! Reports the state of the keys to operators.

use std::sync::Arc;
use std::time::Duration;

use crate::verify::{IntrospectedIssuer, Issuer};

/// The state of the keys of one issuer, or of a group of issuers that share them: see
/// [`Auth::status`](crate::Auth::status).
///
/// [Operating](crate::guide::operating#keys) explains what the states mean.
#[derive(Clone, Debug)]
pub struct IssuerStatus {
    names: Vec<String>,
    kids: Vec<Option<String>>,
    age: Option<Duration>,
    last_error: Option<Arc<str>>,
    /// Whether the introspection endpoint answered last time. `None` for an issuer with keys.
    endpoint_works: Option<bool>,
}

/// The time for which an instance is not ready after a failed introspection.
const RECENT_FAILURE: Duration = Duration::from_secs(30);

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
        // Only requests show whether the endpoint works again, and only an instance that is ready
        // gets them.
        let failed_lately = health
            .error
            .as_ref()
            .is_some_and(|(at, _)| at.elapsed() < RECENT_FAILURE);
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

    /// Returns the `kid` of each key that can be used now, and `None` for a key without one.
    pub fn key_ids(&self) -> impl Iterator<Item = Option<&str>> {
        self.kids.iter().map(Option::as_deref)
    }

    /// Returns the time since the keys were last fetched or found unchanged. It is `None` for
    /// configured keys, and until the first fetch succeeds.
    pub fn age(&self) -> Option<Duration> {
        self.age
    }

    /// Returns the reason why the last fetch failed, if it failed. It is for operators only, because
    /// it may name hosts that callers should not know.
    pub fn last_error(&self) -> Option<&str> {
        self.last_error.as_deref()
    }

    /// Returns whether there is a key by which tokens can be verified or, for an issuer that is asked about
    /// tokens, whether its introspection endpoint has not failed in the last 30 seconds.
    pub fn is_ready(&self) -> bool {
        self.endpoint_works.unwrap_or(!self.kids.is_empty())
    }
}
