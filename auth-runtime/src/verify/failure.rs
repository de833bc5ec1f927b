//! Why a token was refused, precisely: for the log alone.

use std::time::Duration;

use jsonwebtoken::Algorithm;

use crate::error::AuthError;

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
    #[error("the token's algorithm {0:?} is not among the accepted `algorithms`")]
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
    #[error("the token's claim `{0}` {1}")]
    Claim(&'static str, &'static str),
}

impl Failure {
    /// What the client is told. `bad_request` says that a malformed token is answered with 400.
    pub(crate) fn reply(&self, bad_request: bool) -> AuthError {
        match self {
            Self::UnknownKey(_) => AuthError::UnknownKey,
            Self::KeysUnavailable { retry_after } => AuthError::KeysUnavailable {
                retry_after: *retry_after,
            },
            Self::Expired(_) => AuthError::TokenExpired,
            Self::Issuer(_) | Self::Audience(_) | Self::Claim(..) => AuthError::InvalidClaims,
            Self::TooLong
            | Self::Parts
            | Self::Encoding(_)
            | Self::Utf8(_)
            | Self::Json(..)
            | Self::Critical
            | Self::Compressed
            | Self::Unencoded
            | Self::Parameter(_)
            | Self::Type(_)
            | Self::Algorithm(_)
            | Self::AlgorithmNotAccepted(_)
            | Self::Signature => AuthError::InvalidToken { bad_request },
        }
    }
}

/// Quotes a value of a token for the log: escaped, and cut where it is longer than any name.
pub(super) fn quoted(value: &str) -> Box<str> {
    const MOST: usize = 128;
    match value.char_indices().nth(MOST) {
        Some((end, _)) => format!("{:?}…", value.get(..end).unwrap_or_default()).into(),
        None => format!("{value:?}").into(),
    }
}
