//! Defines which scopes, permissions and roles a user may have.

/// The scopes that a user may have.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ScopeLimit {
    /// All scopes that a client requests, and none if it does not request any.
    Any,
    /// Only these.
    Listed(GrantList),
}

/// Scopes, permissions or roles.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum GrantList {
    Listed(Vec<String>),
    /// All that a route of the API requires.
    Required,
    /// Those that a route of the API requires and that begin with `read`.
    RequiredForReading,
}

impl GrantList {
    pub(super) fn listed<T: Into<String>>(values: impl IntoIterator<Item = T>) -> Self {
        Self::Listed(values.into_iter().map(Into::into).collect())
    }

    /// Returns the values, given those that the API requires.
    pub(super) fn resolve(&self, required: &[String]) -> Vec<String> {
        match self {
            Self::Listed(values) => values.clone(),
            Self::Required => required.to_vec(),
            Self::RequiredForReading => {
                let reading = required.iter().filter(|value| value.starts_with("read"));
                reading.cloned().collect()
            }
        }
    }
}
