//! Verifies a token for a developer who wants to know everything about the result. Nothing is logged.

use super::Auth;
use crate::error::AuthError;
use crate::token::{AccessToken, Credentials};
use crate::verify::Unverified;

/// A token that was refused, with what only the log says about it otherwise.
#[derive(Debug)]
pub(crate) struct Refused {
    /// What the reply says.
    pub(crate) error: AuthError,
    /// The check that failed.
    pub(crate) reason: Option<String>,
    /// What may be behind it.
    pub(crate) hint: Option<String>,
}

impl Auth {
    /// Verifies a token as if a request had it in its `Authorization` header, without a proof of a key.
    ///
    /// # Errors
    /// Returns the first check that fails.
    pub(crate) async fn inspect(&self, token: &str) -> Result<AccessToken, Refused> {
        let header = format!("Bearer {token}");
        let credentials =
            Credentials::parse([header.as_str()].into_iter(), self.accepted_schemes());
        let credentials = credentials.map_err(|kind| Refused::from(AuthError::from(kind)))?;
        let now = self.clock().now();
        let verified = self.verify_at(credentials.token, now).await;
        let verified = verified.map_err(|Unverified { failure, .. }| Refused {
            error: self.0.replies.error_for(&failure),
            reason: Some(failure.to_string()),
            hint: self.0.verifier.hint(credentials.token, &failure),
        })?;
        self.0.binding.check_bare(&verified)?;
        Ok(verified)
    }
}

impl From<AuthError> for Refused {
    fn from(error: AuthError) -> Self {
        Self {
            error,
            reason: None,
            hint: None,
        }
    }
}
