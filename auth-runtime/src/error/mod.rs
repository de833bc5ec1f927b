//! Defines the documented replies to a refused request. This module only knows what the client may
//! learn about a failure: the precise reason belongs to [`verify`](crate::verify) and to the log.

mod challenge;
mod kind;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rocket::http::Status;

pub(crate) use self::challenge::{
    ChallengeContext, ChallengeSettings, DpopChallenge, HeaderText, Scheme,
};
pub use self::kind::AuthErrorKind;
use self::kind::Challenge;

/// The reason why a request was refused.
///
/// The contract with clients is its [`status`](Self::status), [`code`](Self::code),
/// [`description`](Self::description) and [`challenge`](Self::challenge). The
/// [`kind`](Self::kind) distinguishes the cases in code.
///
/// As a responder it sets the status and leaves the body to the catcher in charge, so that
/// refusals look the same wherever they arise. A catcher of the application gets the error of its
/// request from [`AuthError::for_request`](Self::for_request).
///
/// A handler or a guard of the application can refuse a request with an error of any kind. Texts
/// and header values always come from this crate:
///
/// ```
/// use auth_runtime::{AuthError, AuthErrorKind};
///
/// let error = AuthError::from(AuthErrorKind::Forbidden);
/// assert_eq!(error.status().code, 403);
/// ```
///
/// [Errors](crate::guide::errors) lists all replies, and shows how to write catchers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthError {
    kind: AuthErrorKind,
    detail: Detail,
    context: ChallengeContext,
}

/// The parts of a reply that are not in the row of its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Detail {
    None,
    /// The configured `malformed_token_status`, which replaces the status of the row.
    Status(Status),
    /// The accepted audiences, joined by `, `. They are part of the description.
    Audiences(Arc<str>),
    /// The scopes to name in the challenge.
    Scopes(HeaderText),
    /// The login that the route requires (RFC 9470).
    Login {
        /// The maximum age of the login, in seconds.
        max_age: Option<u64>,
        /// The accepted authentication context classes, separated by spaces.
        acr_values: Option<HeaderText>,
    },
    /// The time after which a new attempt is worthwhile.
    RetryAfter(Duration),
}

impl From<AuthErrorKind> for AuthError {
    fn from(kind: AuthErrorKind) -> Self {
        Self::new(kind, Detail::None)
    }
}

impl AuthError {
    fn new(kind: AuthErrorKind, detail: Detail) -> Self {
        Self {
            kind,
            detail,
            context: ChallengeContext::default(),
        }
    }

    /// Creates the refusal of a malformed token, with the configured status.
    pub(crate) fn malformed(kind: AuthErrorKind, status: Status) -> Self {
        Self::new(kind, Detail::Status(status))
    }

    /// Creates the refusal of a token for another audience than these, which are joined by `, `.
    pub(crate) fn invalid_audience(accepted: &Arc<str>) -> Self {
        let detail = Detail::Audiences(Arc::clone(accepted));
        Self::new(AuthErrorKind::InvalidAudience, detail)
    }

    /// Creates the refusal of a token without these scopes. The challenge omits them if one of them
    /// is not a scope.
    pub(crate) fn missing_scopes<S: AsRef<str>>(scopes: &[S]) -> Self {
        let detail = HeaderText::from_scopes(scopes).map_or(Detail::None, Detail::Scopes);
        Self::new(AuthErrorKind::Forbidden, detail)
    }

    /// Names the scopes of the route in a challenge without `error`, for a client that does not have
    /// a token yet.
    pub(crate) fn with_scopes_to_request<S: AsRef<str>>(mut self, scopes: &[S]) -> Self {
        if self.kind.row().challenge == Challenge::Bare
            && let Some(scopes) = HeaderText::from_scopes(scopes)
        {
            self.detail = Detail::Scopes(scopes);
        }
        self
    }

    /// Creates the refusal of a login that is too old or too weak.
    pub(crate) fn step_up(max_age: Option<u64>, acr_values: Option<&str>) -> Self {
        let acr_values = acr_values.and_then(HeaderText::new);
        let detail = Detail::Login {
            max_age,
            acr_values,
        };
        Self::new(AuthErrorKind::StepUp, detail)
    }

    /// Creates the refusal for a check that cannot be made now, with the time after which a new
    /// attempt is worthwhile.
    pub(crate) fn unavailable(kind: AuthErrorKind, retry_after: Duration) -> Self {
        Self::new(kind, Detail::RetryAfter(retry_after))
    }

    /// Adds the context that the challenge depends on.
    pub(crate) fn in_context(mut self, context: ChallengeContext) -> Self {
        self.context = context;
        self
    }

    /// Returns the kind of the refusal, for code that branches.
    pub fn kind(&self) -> AuthErrorKind {
        self.kind
    }

    /// Returns the HTTP status of the reply.
    pub fn status(&self) -> Status {
        match self.detail {
            Detail::Status(status) => status,
            _ => self.kind.row().status,
        }
    }

    /// Returns the `code` of the reply, by which clients distinguish refusals.
    pub fn code(&self) -> &'static str {
        self.kind.row().code
    }

    /// Returns the `description` of the reply: a sentence for people.
    pub fn description(&self) -> Cow<'static, str> {
        let sentence = self.kind.row().description;
        match &self.detail {
            Detail::Audiences(accepted) => Cow::Owned(format!("{sentence}, expected: {accepted}")),
            _ => Cow::Borrowed(sentence),
        }
    }

    /// Returns the value of the `WWW-Authenticate` header (RFC 6750 §3), if the reply has one.
    ///
    /// ```
    /// use auth_runtime::{AuthError, AuthErrorKind};
    ///
    /// let challenge = |kind| AuthError::from(kind).challenge();
    /// assert_eq!(challenge(AuthErrorKind::AuthorizationMissing).as_deref(), Some("Bearer"));
    /// assert_eq!(
    ///     challenge(AuthErrorKind::TokenExpired).as_deref(),
    ///     Some(r#"Bearer error="invalid_token""#),
    /// );
    /// ```
    pub fn challenge(&self) -> Option<String> {
        let context = &self.context;
        let single = |scheme, error| Some(self.challenge_for(scheme, error));
        match self.kind.row().challenge {
            Challenge::None => None,
            Challenge::Bare => {
                let offered = context.offered().iter();
                let all: Vec<_> = offered
                    .map(|scheme| self.challenge_for(*scheme, None))
                    .collect();
                Some(all.join(", "))
            }
            Challenge::Error(error) => single(context.used(), Some(error)),
            Challenge::BareDpop => single(Scheme::Dpop, None),
            Challenge::Dpop(error) => single(Scheme::Dpop, Some(error)),
            Challenge::Bound(error) => single(context.bound(), Some(error)),
        }
    }

    fn challenge_for(&self, scheme: Scheme, error: Option<&'static str>) -> String {
        let mut challenge = self.context.begin(scheme);
        if let Some(error) = error {
            challenge.error(error);
        }
        match &self.detail {
            Detail::Scopes(scopes) => challenge.parameter("scope", scopes),
            Detail::Login {
                max_age,
                acr_values,
            } => {
                if let Some(classes) = acr_values {
                    challenge.parameter("acr_values", classes);
                }
                if let Some(seconds) = max_age {
                    challenge.number("max_age", *seconds);
                }
            }
            Detail::None | Detail::Status(_) | Detail::Audiences(_) | Detail::RetryAfter(_) => {}
        }
        self.context.finish(scheme, challenge)
    }

    /// Returns the number of seconds in the `Retry-After` header, if the reply has one.
    pub fn retry_after(&self) -> Option<u64> {
        match self.detail {
            Detail::RetryAfter(duration) => {
                let partial = u64::from(duration.subsec_nanos() > 0);
                Some(duration.as_secs().saturating_add(partial).max(1))
            }
            _ if self.status() == Status::ServiceUnavailable => Some(1),
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
mod tests;
