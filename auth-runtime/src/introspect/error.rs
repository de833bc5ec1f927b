//! Defines the reasons why an introspection endpoint does not say whether a token is active.

use std::time::Duration;

use super::answer::NotAnAnswer;
use super::client_key::SigningError;
use crate::http::HttpError;

/// The error for callers, which only need to know when to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unavailable {
    pub(crate) retry_after: Duration,
}

/// The precise error, for the log and for operators.
#[derive(Debug, thiserror::Error)]
pub(super) enum AskError {
    #[error("it refuses our `client_id` or our credential (status {0})")]
    Credentials(u16),
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error("its answer is not one of RFC 7662: {0}")]
    NotAnAnswer(#[from] NotAnAnswer),
    #[error(transparent)]
    Signing(#[from] SigningError),
}
