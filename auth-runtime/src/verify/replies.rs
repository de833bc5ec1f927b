//! Decides what a client learns about a [`Failure`]: never more than the table of errors.

use std::sync::Arc;

use rocket::http::Status;

use super::failure::{Failure, InvalidClaim, Malformed};
use crate::error::{AuthError, AuthErrorKind};
use crate::token::Claim;

/// The configured parts of the replies to refusals.
#[derive(Debug)]
pub(crate) struct Replies {
    /// The configured `malformed_token_status`: 401 or 400.
    pub(crate) malformed: Status,
    /// The accepted audiences, joined, in shared-secret mode, which has its own codes.
    pub(crate) shared_secret: Option<Arc<str>>,
}

impl Replies {
    /// Returns the error that the client gets.
    pub(crate) fn error_for(&self, failure: &Failure) -> AuthError {
        match (failure, &self.shared_secret) {
            (Failure::UnknownKey(_), _) => AuthErrorKind::UnknownKey.into(),
            (Failure::KeysUnavailable { retry_after, .. }, _) => {
                AuthError::unavailable(AuthErrorKind::KeysUnavailable, *retry_after)
            }
            (Failure::Expired(_), _) => AuthErrorKind::TokenExpired.into(),
            (Failure::InvalidClaim(claim), Some(audiences)) if concerns_audience(claim) => {
                AuthError::invalid_audience(audiences)
            }
            (Failure::Inactive, _) => AuthErrorKind::TokenInactive.into(),
            (Failure::IntrospectionUnavailable { retry_after }, _) => {
                AuthError::unavailable(AuthErrorKind::IntrospectionUnavailable, *retry_after)
            }
            (Failure::Revoked, _) => AuthErrorKind::TokenRevoked.into(),
            (Failure::StoreUnavailable { retry_after }, _) => {
                AuthError::unavailable(AuthErrorKind::StoreUnavailable, *retry_after)
            }
            (Failure::InvalidClaim(_), _) => AuthErrorKind::InvalidClaims.into(),
            // The token is well-formed, but not signed with the secret. We need not know how it was
            // signed.
            (
                Failure::Signature
                | Failure::AlgorithmNotAccepted(_)
                | Failure::Malformed(Malformed::UnknownAlgorithm(_)),
                Some(_),
            ) => AuthErrorKind::InvalidSignature.into(),
            (Failure::Malformed(_), Some(_)) => {
                AuthError::malformed(AuthErrorKind::InvalidSignature, self.malformed)
            }
            (
                Failure::Malformed(_) | Failure::Signature | Failure::AlgorithmNotAccepted(_),
                None,
            ) => AuthError::malformed(AuthErrorKind::InvalidToken, self.malformed),
        }
    }
}

fn concerns_audience(claim: &InvalidClaim) -> bool {
    match claim {
        InvalidClaim::Audience(_) => true,
        InvalidClaim::Missing(claim) | InvalidClaim::WrongType(claim) => *claim == Claim::Audience,
        InvalidClaim::NotYetValid(_)
        | InvalidClaim::Issuer(_)
        | InvalidClaim::LivesTooLong(_)
        | InvalidClaim::SecurityEvent => false,
    }
}

#[cfg(test)]
mod tests;
