//! Verifies the signature of a JWT that is not an access token.

use std::sync::Arc;
use std::time::Duration;

use crate::jwks::{Algorithm, KeyError, KeySet, Shortage};
use crate::token::{Document, Json, JsonError, quoted};
use crate::verify::{Header, Issuer, Jws, MAX_TOKEN_BYTES, Malformed, Part, header};

/// The kinds of signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignalType {
    /// A logout token (OpenID Connect Back-Channel Logout 1.0 §2.4).
    LogoutToken,
    /// A security event token (RFC 8417).
    SecurityEventToken,
}

/// A JWT whose signature and issuer are verified.
pub(crate) struct Signal {
    /// The name of its issuer.
    pub(crate) issuer: String,
    pub(crate) claims: Document<String>,
}

/// The reason why a signal is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SignalError {
    #[error("it is malformed: {0}")]
    Malformed(#[from] Malformed),
    #[error("its header has no `typ`, or another than its kind of token needs")]
    Type,
    #[error("its algorithm {0} is not among the accepted `algorithms`")]
    Algorithm(Algorithm),
    #[error("its claims cannot be read: {0}")]
    Claims(#[from] JsonError),
    #[error("its issuer {0} is not a configured issuer with keys")]
    Issuer(Box<str>),
    #[error("no key of the issuer fits")]
    Key,
    #[error("{shortage}")]
    KeysUnavailable {
        shortage: Shortage,
        retry_after: Duration,
    },
    #[error("the signature does not verify with any candidate key")]
    Signature,
    #[error("its audience is not ours")]
    Audience,
    #[error("its claim `{0}` {1}")]
    Claim(&'static str, &'static str),
}

impl SignalType {
    /// Returns the accepted types. The types that only a signal has do not occur in access tokens.
    const fn media_types(self) -> &'static [&'static str] {
        match self {
            Self::LogoutToken => &["logout+jwt", "JWT"],
            Self::SecurityEventToken => &["secevent+jwt"],
        }
    }

    const fn must_be_typed(self) -> bool {
        matches!(self, Self::SecurityEventToken)
    }
}

/// Verifies the shape, issuer and signature of a signal.
///
/// # Errors
/// Returns the first check that fails.
pub(crate) async fn verify(
    jwt: &str,
    signal_type: SignalType,
    issuers: &[Issuer],
) -> Result<Signal, SignalError> {
    let jws = Jws::split(jwt, MAX_TOKEN_BYTES)?;
    let text = jws.header()?;
    let parameters = header::parse(&text)?;
    let header = Header::check(parameters.object(), signal_type.media_types())?;
    if signal_type.must_be_typed() && header.media_type.is_none() {
        return Err(SignalError::Type);
    }
    let signature = jws.signature()?;
    let claims =
        String::from_utf8(jws.payload()?).map_err(|_| Malformed::NotUtf8(Part::Payload))?;
    let claims = Document::parse(claims)?;
    let name = claims.object().get("iss").and_then(Json::as_str);
    let name = name.ok_or(SignalError::Claim("iss", "is missing or not a string"))?;
    let name = name.to_owned();
    // The unverified name only selects the issuer whose keys are tried.
    let issuer = issuers.iter().find(|issuer| issuer.names.contains(&name));
    let issuer = issuer.ok_or_else(|| SignalError::Issuer(quoted(&name)))?;
    let algorithm = header.algorithm;
    if !algorithm.is_asymmetric() || !issuer.algorithms.contains(&algorithm) {
        return Err(SignalError::Algorithm(algorithm));
    }
    let has_signed = |keys: &KeySet| {
        let mut candidates = keys.candidates(header.kid, algorithm);
        candidates.any(|key| key.has_signed(jws.message.as_bytes(), &signature))
    };
    let serves = |keys: &&KeySet| keys.serves(header.kid, algorithm);
    let known = issuer.keys.current().set().filter(serves).map(has_signed);
    let is_signed = match known {
        Some(is_signed) => is_signed,
        None => has_signed(&*fetched_keys(issuer, header.kid, algorithm).await?),
    };
    if !is_signed {
        issuer.keys.signature_failed();
        return Err(SignalError::Signature);
    }
    Ok(Signal {
        issuer: name,
        claims,
    })
}

/// Returns keys that may have signed the token, after a fetch if that may help.
async fn fetched_keys(
    issuer: &Issuer,
    kid: Option<&str>,
    algorithm: Algorithm,
) -> Result<Arc<KeySet>, SignalError> {
    let fetched = issuer.keys.wait_for(kid, algorithm).await;
    fetched.map_err(|error| match error {
        KeyError::Unknown => SignalError::Key,
        KeyError::Unavailable {
            shortage,
            retry_after,
        } => SignalError::KeysUnavailable {
            shortage,
            retry_after,
        },
    })
}
