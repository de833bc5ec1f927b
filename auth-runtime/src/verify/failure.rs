//! Defines the precise reasons why a token is refused. Only the log shows them.

use std::fmt;
use std::time::Duration;

use crate::jwks::{Algorithm, Shortage};
use crate::token::{Claim, JsonError, Source};

/// The check that a token did not pass.
///
/// Its `Display` does not contain any part of a token except short, quoted values that name what was
/// wrong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("the token is malformed: {0}")]
    Malformed(#[from] Malformed),
    #[error("the token's algorithm {0} is not among the accepted `algorithms`")]
    AlgorithmNotAccepted(Algorithm),
    #[error("no key fits the token's algorithm and its `kid` {}", .0.as_deref().unwrap_or("(none)"))]
    UnknownKey(Option<Box<str>>),
    #[error("{shortage}; the token's `kid` is {}", kid.as_deref().unwrap_or("(none)"))]
    KeysUnavailable {
        shortage: Shortage,
        kid: Option<Box<str>>,
        retry_after: Duration,
    },
    #[error("the signature does not verify with any candidate key")]
    Signature,
    #[error("the token expired {0:.0} s ago")]
    Expired(f64),
    #[error("{0}")]
    InvalidClaim(#[from] InvalidClaim),
    #[error("its issuer says that the token is not active")]
    Inactive,
    #[error("the introspection endpoint gives no valid answer")]
    IntrospectionUnavailable { retry_after: Duration },
    #[error("the token was revoked")]
    Revoked,
    #[error("the revocations are not known, or too old to serve")]
    StoreUnavailable { retry_after: Duration },
}

/// A token that did not pass.
#[derive(Debug)]
pub(crate) struct Unverified {
    pub(crate) failure: Failure,
    /// Who decided that.
    pub(crate) source: Source,
}

impl Failure {
    /// Adds who decided that the token does not pass.
    pub(crate) fn decided_by(self, source: Source) -> Unverified {
        Unverified {
            failure: self,
            source,
        }
    }
}

/// A text that is not a token that this crate reads.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Malformed {
    #[error("it is longer than {0} bytes")]
    TooLong(usize),
    #[error("it has characters that a bearer token cannot have (RFC 6750 §2.1)")]
    NotB64Token,
    #[error("the answer about it cannot be read: {0}")]
    Answer(JsonError),
    #[error("it does not have three parts")]
    NotThreeParts,
    #[error("its {0} is not canonical base64url without padding")]
    Encoding(Part),
    #[error("its {0} is not UTF-8")]
    NotUtf8(Part),
    #[error("its {0} cannot be read: {1}")]
    Json(Part, JsonError),
    #[error("its header has `crit`, and no extension is supported")]
    CriticalExtension,
    #[error("its header has `zip`, and compressed tokens are not supported")]
    Compressed,
    #[error("its header has a `b64` that is not `true`")]
    UnencodedPayload,
    #[error("its header parameter `{0}` is missing or not a string")]
    Parameter(Parameter),
    #[error("its type {0} is not accepted")]
    Type(Box<str>),
    #[error("its type is not `at+jwt`, which `token_type` requires")]
    NotAtJwt,
    #[error("its algorithm is `none`: it is not signed")]
    Unsigned,
    #[error("its algorithm {0} is not known")]
    UnknownAlgorithm(Box<str>),
}

/// A part of a token in compact serialization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Header,
    Payload,
    Signature,
}

/// A header parameter that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parameter {
    Alg,
    Kid,
    Typ,
}

/// A claim that is not what it has to be.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InvalidClaim {
    #[error("the token's claim `{0}` is missing")]
    Missing(Claim),
    #[error("the token's claim `{0}` has the wrong type")]
    WrongType(Claim),
    #[error("the token is not valid for another {0:.0} s (`nbf`)")]
    NotYetValid(f64),
    #[error("the token is from the issuer {0}, which is not configured")]
    Issuer(Box<str>),
    #[error("the token is for the audience {0}, which is not configured")]
    Audience(Box<str>),
    #[error("the token lives for {0:.0} s, longer than `max_token_lifetime`")]
    LivesTooLong(f64),
    #[error("the token is a logout token or a security event (`events`)")]
    SecurityEvent,
}

impl Parameter {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Alg => "alg",
            Self::Kid => "kid",
            Self::Typ => "typ",
        }
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => "header",
            Self::Payload => "payload",
            Self::Signature => "signature",
        })
    }
}
