//! Defines the verified access token.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::claims::Claims;
use super::confirmation::Confirmation;
use super::contents::Contents;
use super::draft::Draft;
use super::extract::{Extract, Span};
use super::origin::{Origin, Source};
use crate::error::AuthError;

/// A verified access token: the caller.
///
/// Holding one proves that its signature, issuer, audience and times were checked, because only
/// verification creates it. It can be neither cloned nor built. Handlers take it as `&AccessToken`, a
/// request guard that refuses requests without a valid token.
///
/// ```
/// # use rocket::get;
/// use auth_runtime::{AccessToken, AuthError, requires_auth};
///
/// #[requires_auth]
/// #[get("/drafts")]
/// fn drafts(token: &AccessToken) -> Result<String, AuthError> {
///     token.require_scope("read:drafts")?;
///     Ok(format!("drafts of {}", token.subject().unwrap_or("nobody")))
/// }
/// ```
///
/// [Reading the caller](crate::guide::caller) shows what a handler can do with it.
pub struct AccessToken {
    claims: Claims,
    source: Source,
}

impl AccessToken {
    /// Creates the token once all checks are passed.
    pub(crate) fn new(draft: Draft, origin: Origin) -> Self {
        let source = origin.source;
        let (contents, layout) = Contents::new(draft, origin);
        Self {
            claims: Claims::read(Arc::new(contents), layout),
            source,
        }
    }

    /// Creates the token from what is remembered of it.
    pub(crate) fn remembered(contents: Arc<Contents>) -> Self {
        Self {
            claims: Claims::new(contents),
            source: Source::Remembered,
        }
    }

    pub(crate) fn contents(&self) -> &Arc<Contents> {
        self.claims.contents()
    }

    /// Creates a token from claims that nobody checked, for tests of policies and rules.
    ///
    /// # Errors
    /// Fails if the text is not a JSON object that a token could have.
    #[cfg(any(test, fuzzing, feature = "testing"))]
    pub(crate) fn unchecked(
        text: String,
        names: &super::ClaimNames,
    ) -> Result<Self, super::JsonError> {
        let claims = super::Document::parse(text)?;
        let draft = Draft::new(claims, names, |_| Ok::<_, super::JsonError>(()))?;
        let origin = Origin {
            issuer: 0,
            key_set: None,
            key: None,
            source: Source::Verified,
        };
        Ok(Self::new(draft, origin))
    }

    pub(crate) fn origin(&self) -> Origin {
        Origin {
            source: self.source,
            ..self.contents().origin
        }
    }

    /// Returns the time before which the token is not valid, in seconds since 1970.
    pub(crate) fn not_before(&self) -> Option<f64> {
        self.extract().not_before
    }

    /// Returns the time from which the token is expired, in seconds since 1970.
    pub(crate) fn expires(&self) -> Option<f64> {
        self.extract().expires_at
    }

    /// Returns the `iat` claim, in seconds since 1970.
    pub(crate) fn issued(&self) -> Option<f64> {
        self.extract().issued_at
    }

    /// Returns the `jti` claim.
    pub(crate) fn token_id(&self) -> Option<&str> {
        self.string(self.extract().token_id)
    }

    /// Returns the `sid` claim.
    pub(crate) fn session_id(&self) -> Option<&str> {
        self.string(self.extract().session_id)
    }

    /// Returns the `client_id` claim.
    pub(crate) fn client_id(&self) -> Option<&str> {
        self.string(self.extract().client_id)
    }

    /// Returns the `azp` claim.
    pub(crate) fn authorized_party(&self) -> Option<&str> {
        self.string(self.extract().authorized_party)
    }

    /// Returns what the token is bound to: the `cnf` claim (RFC 7800).
    pub(crate) fn confirmation(&self) -> Option<&Confirmation> {
        self.extract().confirmation.as_deref()
    }

    /// Returns the `sub` claim: who is calling. Client-credentials tokens of some issuers do not have
    /// one.
    pub fn subject(&self) -> Option<&str> {
        self.string(self.extract().subject)
    }

    /// Returns the `iss` claim: one of the configured issuers. Tokens may lack it only in
    /// shared-secret mode, where no issuer has to be configured.
    pub fn issuer(&self) -> Option<&str> {
        self.string(self.extract().issuer)
    }

    /// Returns the `exp` claim: when the token expires. The configured `leeway` is not added.
    ///
    /// It is `None` for a time that [`SystemTime`] cannot hold.
    pub fn expires_at(&self) -> Option<SystemTime> {
        time(self.extract().expires_at?)
    }

    /// Returns the `iat` claim: when the token was issued, if it says so. Verification does not
    /// compare it with the clock.
    ///
    /// It is `None` for a time that [`SystemTime`] cannot hold.
    pub fn issued_at(&self) -> Option<SystemTime> {
        time(self.extract().issued_at?)
    }

    /// Returns the scopes granted, in the order of the token.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.strings(self.extract().grants.scopes())
    }

    /// Returns the permissions granted: the `permissions` claim, or the configured
    /// `permissions_claim`.
    pub fn permissions(&self) -> impl Iterator<Item = &str> {
        self.strings(self.extract().grants.permissions())
    }

    /// Returns the roles of the caller: the `roles` claim, or the configured `roles_claim`.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        self.strings(self.extract().grants.roles())
    }

    /// Returns whether exactly this permission was granted.
    pub fn has_permission(&self, permission: &str) -> bool {
        self.permissions().any(|granted| granted == permission)
    }

    /// Returns whether the caller has exactly this role.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles().any(|granted| granted == role)
    }

    /// Returns whether exactly this scope was granted.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().any(|granted| granted == scope)
    }

    /// Checks for a scope inside a handler, where the scope depends on the request.
    ///
    /// # Errors
    /// Returns [`AuthErrorKind::Forbidden`](crate::AuthErrorKind::Forbidden), the same 403 that
    /// `#[requires_scope]` answers with, if the scope was not granted.
    pub fn require_scope(&self, scope: &str) -> Result<(), AuthError> {
        if self.has_scope(scope) {
            return Ok(());
        }
        Err(AuthError::missing_scopes(&[scope]))
    }

    /// Returns all claims.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// Returns the claim of this name or, if the name begins with `/`, the value that it leads to
    /// as a JSON pointer (RFC 6901). In a pointer, `~1` is a `/` and `~0` is a `~`. A pointer with any
    /// other `~` leads to nothing.
    ///
    /// ```
    /// # use auth_runtime::AccessToken;
    /// fn city(token: &AccessToken) -> Option<&str> {
    ///     token.claim("/address/locality")?.as_str()
    /// }
    /// ```
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.at(name)
    }

    /// Returns the claims as a type of the application.
    ///
    /// ```
    /// # use auth_runtime::AccessToken;
    /// #[derive(serde::Deserialize)]
    /// struct Caller {
    ///     sub: String,
    ///     org_id: Option<String>,
    /// }
    ///
    /// fn caller(token: &AccessToken) -> Result<Caller, serde_json::Error> {
    ///     token.claims_as()
    /// }
    /// ```
    ///
    /// # Errors
    /// Fails if the claims do not fit the type.
    pub fn claims_as<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        self.claims.deserialize()
    }

    fn string(&self, span: Option<Span>) -> Option<&str> {
        span.map(|span| self.contents().resolve(span))
    }

    fn strings(&self, spans: &[Span]) -> impl Iterator<Item = &str> {
        spans.iter().map(|span| self.contents().resolve(*span))
    }

    fn extract(&self) -> &Extract {
        &self.contents().extract
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("claims", &self.claims)
            .finish_non_exhaustive()
    }
}

/// Returns the time that is this many seconds after 1970.
fn time(seconds: f64) -> Option<SystemTime> {
    let distance = Duration::try_from_secs_f64(seconds.abs()).ok()?;
    if seconds < 0.0 {
        UNIX_EPOCH.checked_sub(distance)
    } else {
        UNIX_EPOCH.checked_add(distance)
    }
}

#[cfg(test)]
mod tests;
