//! The documented replies to a refused request, in one table. Knows nothing of why a token failed
//! beyond what the client may be told; the precise reason is [`verify`](crate::verify)'s and goes
//! to the log.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Why a request was refused: the cases that clients can tell apart.
///
/// Its parts are the contract with clients: [`status`](Self::status), [`code`](Self::code),
/// [`description`](Self::description) and [`challenge`](Self::challenge).
///
/// As a responder it sets the status and leaves the body to the catcher in charge, so that
/// refusals look the same wherever they arise. In a catcher of your own,
/// [`AuthError::of`](Self::of) tells what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthError {
    /// There is no `Authorization` header, or an empty one.
    AuthorizationMissing,
    /// The scheme of the `Authorization` header is not Bearer.
    SchemeNotBearer,
    /// `Bearer` stands alone.
    TokenMissing,
    /// The header has more than two parts, or there is more than one of it.
    AuthorizationMalformed,
    /// No key is known that could have signed the token.
    UnknownKey,
    /// The time in `exp` has come.
    TokenExpired,
    /// `iss` or `aud` is not ours, `nbf` is to come, or a claim that must be there is missing or
    /// has the wrong type.
    InvalidClaims,
    /// Anything else about the token: shape, encoding, algorithm, signature.
    InvalidToken {
        /// Whether the configured `malformed_token_status` is 400 rather than 401.
        bad_request: bool,
    },
    /// In shared-secret mode: the token was not signed with the secret, or is malformed.
    InvalidSignature {
        /// Whether it is malformed and the configured `malformed_token_status` is 400.
        bad_request: bool,
    },
    /// In shared-secret mode: the token is not for this API.
    InvalidAudience {
        /// The accepted audiences, joined by `, `.
        expected: Arc<str>,
    },
    /// The token is valid, but a requirement of the route is not met.
    Forbidden {
        /// The scopes to name in the challenge, separated by spaces.
        scope: Option<Arc<str>>,
    },
    /// The same, where the route keeps the existence of what it serves a secret (`not_found`). The
    /// reply is that of any other 404.
    NotFound,
    /// The token is valid, but the login behind it is too old or too weak for the route
    /// (RFC 9470).
    StepUp {
        /// How many seconds ago the login may have been.
        max_age: Option<u64>,
        /// The authentication context classes that do, separated by spaces.
        acr_values: Option<&'static str>,
    },
    /// No keys could be had from the issuer so far.
    KeysUnavailable {
        /// When a new try is worthwhile. The reply rounds it up to whole seconds.
        retry_after: Duration,
    },
    /// A guard was asked for in a Rocket without [`Auth::fairing`](crate::Auth::fairing): a
    /// mistake of the application, which the launch finds wherever a handler has the guard.
    NotAttached,
    /// A [`Rule`](crate::Rule) of the application could not tell whether it is met.
    RuleFailed,
}

/// What one [`AuthError`] puts on the wire.
struct Row {
    status: u16,
    code: &'static str,
    description: &'static str,
    /// The `error` of the challenge (RFC 6750 §3.1), where one is sent.
    challenge: Challenge,
}

enum Challenge {
    /// Not a matter of credentials.
    None,
    /// The client showed no credentials that we know: `Bearer` alone (RFC 6750 §3).
    Bare,
    Error(&'static str),
}

impl AuthError {
    fn row(&self) -> Row {
        use Challenge::{Bare, Error, None};
        let row = |status, code, description, challenge| Row {
            status,
            code,
            description,
            challenge,
        };
        match self {
            Self::AuthorizationMissing => row(
                401,
                "authorization_header_missing",
                "Authorization header is expected",
                Bare,
            ),
            Self::SchemeNotBearer => row(
                401,
                "invalid_header",
                "Authorization header must start with Bearer",
                Bare,
            ),
            Self::TokenMissing => row(
                401,
                "invalid_header",
                "Token not found",
                Error("invalid_request"),
            ),
            Self::AuthorizationMalformed => row(
                401,
                "invalid_header",
                "Authorization header must be Bearer token",
                Error("invalid_request"),
            ),
            Self::UnknownKey => row(
                401,
                "invalid_header",
                "Unable to find appropriate key",
                Error("invalid_token"),
            ),
            Self::TokenExpired => row(
                401,
                "token_expired",
                "token is expired",
                Error("invalid_token"),
            ),
            Self::InvalidClaims => row(
                401,
                "invalid_claims",
                "incorrect claims, please check the audience and issuer",
                Error("invalid_token"),
            ),
            Self::InvalidToken { bad_request } => row(
                if *bad_request { 400 } else { 401 },
                "invalid_header",
                "Unable to parse authentication token.",
                Error("invalid_token"),
            ),
            Self::InvalidSignature { bad_request } => row(
                if *bad_request { 400 } else { 401 },
                "token_invalid_signature",
                "token signature is invalid",
                Error("invalid_token"),
            ),
            Self::InvalidAudience { .. } => row(
                401,
                "invalid_audience",
                // The audience follows: `description` adds it.
                "incorrect audience, expected: ",
                Error("invalid_token"),
            ),
            Self::Forbidden { .. } => row(
                403,
                "Unauthorized",
                "You don't have access to this resource.",
                Error("insufficient_scope"),
            ),
            Self::NotFound => row(
                404,
                "not_found",
                "The requested resource could not be found.",
                None,
            ),
            Self::StepUp { .. } => row(
                401,
                "insufficient_user_authentication",
                "A more recent or stronger login is needed",
                Error("insufficient_user_authentication"),
            ),
            Self::KeysUnavailable { .. } => row(
                503,
                "keys_unavailable",
                "Signing keys are unavailable, try again later",
                None,
            ),
            Self::NotAttached => row(500, "not_attached", "Auth::fairing() is not attached", None),
            Self::RuleFailed => row(500, "rule_failed", "A rule of this route failed", None),
        }
    }

    /// The HTTP status of the reply.
    pub fn status(&self) -> u16 {
        self.row().status
    }

    /// The `code` of the reply: what clients should branch on.
    pub fn code(&self) -> &'static str {
        self.row().code
    }

    /// The `description` of the reply: a sentence for people.
    pub fn description(&self) -> Cow<'static, str> {
        let sentence = self.row().description;
        match self {
            Self::InvalidAudience { expected } => Cow::Owned(format!("{sentence}{expected}")),
            _ => Cow::Borrowed(sentence),
        }
    }

    /// The value of the `WWW-Authenticate` header (RFC 6750 §3), if the reply has one.
    ///
    /// ```
    /// use auth_runtime::AuthError;
    ///
    /// assert_eq!(AuthError::AuthorizationMissing.challenge().as_deref(), Some("Bearer"));
    /// assert_eq!(
    ///     AuthError::TokenExpired.challenge().as_deref(),
    ///     Some(r#"Bearer error="invalid_token""#),
    /// );
    /// ```
    pub fn challenge(&self) -> Option<Cow<'static, str>> {
        let error = match self.row().challenge {
            Challenge::None => return None,
            Challenge::Bare => return Some(Cow::Borrowed("Bearer")),
            Challenge::Error(error) => error,
        };
        let mut challenge = format!(r#"Bearer error="{error}""#);
        let mut parameter = |name: &str, value: &str| {
            // Every value is of characters that need no escaping in a quoted string.
            for part in [", ", name, "=\"", value, "\""] {
                challenge.push_str(part);
            }
        };
        match self {
            Self::Forbidden { scope: Some(scope) } => parameter("scope", scope),
            Self::StepUp {
                max_age,
                acr_values,
            } => {
                if let Some(classes) = acr_values {
                    parameter("acr_values", classes);
                }
                if let Some(seconds) = max_age {
                    parameter("max_age", &seconds.to_string());
                }
            }
            _ => {}
        }
        Some(Cow::Owned(challenge))
    }

    /// How many seconds the `Retry-After` header names, if the reply has one.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::KeysUnavailable { retry_after } => {
                let begun = u64::from(retry_after.subsec_nanos() > 0);
                Some(retry_after.as_secs().saturating_add(begun).max(1))
            }
            _ => None,
        }
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.description())
    }
}

impl std::error::Error for AuthError {}

#[cfg(test)]
mod tests {
    use super::AuthError;
    use std::time::Duration;

    #[test]
    fn a_missing_scope_is_named_in_the_challenge() {
        let error = AuthError::Forbidden {
            scope: Some("a b".into()),
        };
        assert_eq!(
            error.challenge().as_deref(),
            Some(r#"Bearer error="insufficient_scope", scope="a b""#)
        );
    }

    #[test]
    fn retry_after_is_rounded_up_and_never_zero() {
        let after = |ms| {
            AuthError::KeysUnavailable {
                retry_after: Duration::from_millis(ms),
            }
            .retry_after()
        };
        assert_eq!(after(0), Some(1));
        assert_eq!(after(1001), Some(2));
    }
}
