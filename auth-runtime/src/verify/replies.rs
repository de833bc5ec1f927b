//! What a client learns of a [`Failure`]: never more than the table of errors says.

use std::sync::Arc;

use super::failure::{Claim, Failure, InvalidClaim};
use crate::error::AuthError;

/// How refusals are answered, as far as that is configured.
#[derive(Debug)]
pub(crate) struct Replies {
    /// Whether a malformed token is answered with 400 instead of 401.
    pub(crate) malformed_is_bad_request: bool,
    /// The accepted audiences, joined, in shared-secret mode, which has codes of its own.
    pub(crate) shared_secret: Option<Arc<str>>,
}

impl Replies {
    /// Returns what the client is told.
    pub(crate) fn error_for(&self, failure: &Failure) -> AuthError {
        match failure {
            Failure::UnknownKey(_) => AuthError::UnknownKey,
            Failure::KeysUnavailable { retry_after } => AuthError::KeysUnavailable {
                retry_after: *retry_after,
            },
            Failure::Expired(_) => AuthError::TokenExpired,
            Failure::InvalidClaim(claim) if concerns_audience(claim) => self.wrong_audience(),
            Failure::InvalidClaim(_) | Failure::Bound => AuthError::InvalidClaims,
            Failure::Malformed(_) => self.invalid_token(self.malformed_is_bad_request),
            // With a secret, `malformed_token_status` is only for the shape of a token.
            Failure::Signature | Failure::AlgorithmNotAccepted(_) => {
                self.invalid_token(self.malformed_is_bad_request && self.shared_secret.is_none())
            }
        }
    }

    fn wrong_audience(&self) -> AuthError {
        match &self.shared_secret {
            Some(audiences) => AuthError::InvalidAudience {
                expected: Arc::clone(audiences),
            },
            None => AuthError::InvalidClaims,
        }
    }

    fn invalid_token(&self, bad_request: bool) -> AuthError {
        match self.shared_secret {
            Some(_) => AuthError::InvalidSignature { bad_request },
            None => AuthError::InvalidToken { bad_request },
        }
    }
}

fn concerns_audience(claim: &InvalidClaim) -> bool {
    match claim {
        InvalidClaim::Audience(_) => true,
        InvalidClaim::Missing(claim) | InvalidClaim::WrongType(claim) => *claim == Claim::Audience,
        InvalidClaim::NotYetValid(_) | InvalidClaim::Issuer(_) | InvalidClaim::SecurityEvent => {
            false
        }
    }
}
