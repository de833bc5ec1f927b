//! Why a token was refused, precisely: for the log alone.

use std::sync::Arc;
use std::time::Duration;

use rocket::http::Status;

use crate::error::{AuthError, AuthErrorKind};
use crate::jwks::Algorithm;

/// The check that a token did not pass. Its `Display` holds no part of a token but short, quoted
/// values that name what was wrong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("the token is longer than 16 KiB")]
    TooLong,
    #[error("the token does not have three parts")]
    Parts,
    #[error("the token's {0} is not canonical base64url without padding")]
    Encoding(&'static str),
    #[error("the token's {0} is not UTF-8")]
    Utf8(&'static str),
    #[error("the token's {0} is not a JSON object with each name once: wrong at column {1}")]
    Json(&'static str, usize),
    #[error("the token's header has `crit`, and no extension is supported")]
    Critical,
    #[error("the token's header has `zip`, and compressed tokens are not supported")]
    Compressed,
    #[error("the token's header has a `b64` that is not `true`")]
    Unencoded,
    #[error("the token's header parameter `{0}` is missing or no string")]
    Parameter(&'static str),
    #[error("the token's type {0} is not that of an access token (`JWT` or `at+jwt`)")]
    Type(Box<str>),
    #[error("the token's algorithm {0} is not known")]
    Algorithm(Box<str>),
    #[error("the token's algorithm {0} is not among the accepted `algorithms`")]
    AlgorithmNotAccepted(Algorithm),
    #[error("no key fits the token's algorithm and its `kid` {}", .0.as_deref().unwrap_or("(none)"))]
    UnknownKey(Option<Box<str>>),
    #[error("no keys could be fetched so far")]
    KeysUnavailable { retry_after: Duration },
    #[error("the token's signature is not one of the issuer's keys")]
    Signature,
    #[error("the token expired {0:.0} s ago")]
    Expired(f64),
    #[error("the token is from the issuer {0}, which is not the configured one")]
    Issuer(Box<str>),
    #[error("the token is for the audience {0}, not for the configured one")]
    Audience(Box<str>),
    #[error("the token's claim `aud` is missing, or no string or list of strings")]
    NoAudience,
    #[error("the token's type is not `at+jwt`, which `token_type` wants")]
    NotAtJwt,
    #[error("the token's claim `{0}` {1}")]
    Claim(&'static str, &'static str),
}

/// How refusals are answered, as far as that is configured.
#[derive(Debug)]
pub(crate) struct Replies {
    /// The configured `malformed_token_status`: 401 or 400.
    pub(crate) malformed: Status,
    /// In shared-secret mode, whose codes are its own: the accepted audiences, joined.
    pub(crate) shared_secret: Option<Arc<str>>,
}

impl Replies {
    /// What the client is told.
    pub(crate) fn to(&self, failure: &Failure) -> AuthError {
        match failure {
            Failure::UnknownKey(_) => AuthErrorKind::UnknownKey.into(),
            Failure::KeysUnavailable { retry_after } => {
                AuthError::unavailable(AuthErrorKind::KeysUnavailable, *retry_after)
            }
            Failure::Expired(_) => AuthErrorKind::TokenExpired.into(),
            Failure::Audience(_) | Failure::NoAudience => match &self.shared_secret {
                Some(accepted) => AuthError::invalid_audience(accepted),
                None => AuthErrorKind::InvalidClaims.into(),
            },
            Failure::Issuer(_) | Failure::Claim(..) => AuthErrorKind::InvalidClaims.into(),
            // Well-formed, but not signed with the secret.
            Failure::Signature | Failure::AlgorithmNotAccepted(_)
                if self.shared_secret.is_some() =>
            {
                AuthErrorKind::InvalidSignature.into()
            }
            Failure::TooLong
            | Failure::Parts
            | Failure::Encoding(_)
            | Failure::Utf8(_)
            | Failure::Json(..)
            | Failure::Critical
            | Failure::Compressed
            | Failure::Unencoded
            | Failure::Parameter(_)
            | Failure::Type(_)
            | Failure::NotAtJwt
            | Failure::Algorithm(_)
            | Failure::AlgorithmNotAccepted(_)
            | Failure::Signature => {
                let kind = match self.shared_secret {
                    Some(_) => AuthErrorKind::InvalidSignature,
                    None => AuthErrorKind::InvalidToken,
                };
                AuthError::malformed(kind, self.malformed)
            }
        }
    }
}
