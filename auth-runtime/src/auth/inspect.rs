//! Verifies a token for the console, which shows the reason of a refusal. Nothing is logged.

use super::Auth;
use super::examine::Examined;
use crate::error::AuthError;
use crate::token::{AccessToken, Credentials};

/// A token that was refused, with what only the log says otherwise.
#[derive(Debug)]
pub(crate) struct Refused {
    /// What the reply says.
    pub(crate) error: AuthError,
    /// The check that failed.
    pub(crate) reason: Option<String>,
    /// The likely cause.
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
        match self.examine(credentials.token).await {
            Examined::Accepted(token) => Ok(token),
            Examined::Bare { error, .. } => Err(error.into()),
            Examined::Failed {
                failure,
                hint,
                error,
            } => Err(Refused {
                error,
                reason: Some(failure.to_string()),
                hint,
            }),
        }
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
