//! Lets applications revoke tokens.

use super::Auth;
use crate::error::{AuthError, AuthErrorKind};
use crate::revocation::{Kind, Registry};
use crate::store::SharedStore;
use crate::token::AccessToken;

/// Revokes tokens before they expire: see [`Auth::revocations`].
///
/// Each method returns when the store has acknowledged the revocation. From then on the token is
/// refused in this process, and within a second in every process that shares the store.
///
/// [Revocation](crate::guide::revocation#revocation) describes the guarantees.
#[derive(Clone, Copy, Debug)]
pub struct Revocations<'a> {
    auth: &'a Auth,
    registry: &'a Registry,
}

/// The reason why nothing was revoked.
///
/// [Revocation](crate::guide::revocation#what-is-promised) says what happens if the store fails.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevocationError {
    /// No configured issuer has this name, so no accepted token could be revoked.
    #[error("the issuer is not configured")]
    UnknownIssuer,
    /// The value is empty, so it does not identify anything.
    #[error("the value to revoke is empty")]
    Empty,
    /// The shared store has not acknowledged the revocation. It may still come into force.
    #[error("the shared store has not acknowledged the revocation")]
    StoreUnavailable,
}

impl From<RevocationError> for AuthError {
    /// Answers `store_unavailable` if the store cannot be reached. The other errors are mistakes of
    /// the application, which its client sees as a refusal.
    fn from(error: RevocationError) -> Self {
        match error {
            RevocationError::StoreUnavailable => {
                Self::unavailable(AuthErrorKind::StoreUnavailable, SharedStore::RETRY_AFTER)
            }
            RevocationError::UnknownIssuer | RevocationError::Empty => {
                AuthErrorKind::Forbidden.into()
            }
        }
    }
}

impl Auth {
    /// Returns the handle by which tokens are revoked, or `None` if `revocation` is off.
    ///
    /// ```
    /// use auth_runtime::{AccessToken, Auth, AuthError, requires_auth};
    /// use rocket::{State, post};
    ///
    /// #[requires_auth]
    /// #[post("/log-out-everywhere")]
    /// async fn log_out_everywhere(token: &AccessToken, auth: &State<Auth>) -> Result<(), AuthError> {
    ///     if let (Some(revocations), Some(user)) = (auth.revocations(), token.subject()) {
    ///         let issuer = token.issuer().unwrap_or_default();
    ///         revocations.revoke_user(issuer, user).await?;
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn revocations(&self) -> Option<Revocations<'_>> {
        let registry = self.registry()?;
        Some(Revocations {
            auth: self,
            registry,
        })
    }

    /// Returns whether the token has been revoked since it was verified.
    ///
    /// Every request is checked when its token is verified. This method is for handlers that work for
    /// a long time, and for rules that must use the latest state.
    pub fn is_revoked(&self, token: &AccessToken) -> bool {
        self.registry().is_some_and(|registry| {
            registry.is_revoked(|| self.identifiers(token), || self.clock().now())
        })
    }
}

impl Revocations<'_> {
    /// Returns whether this process knows the revocations well enough to accept tokens. If not, requests
    /// with tokens get 503: it has not loaded the revocations from the shared store yet, or has been cut
    /// off from it for longer than `revocation_max_stale`.
    pub fn are_current(&self) -> bool {
        self.registry.is_available()
    }

    /// Revokes one token of the issuer, by its `jti`.
    ///
    /// # Errors
    /// Fails if nothing was revoked, or if the store has not acknowledged the revocation.
    pub async fn revoke_token(&self, issuer: &str, jti: &str) -> Result<(), RevocationError> {
        self.revoke(issuer, Kind::Token, jti).await
    }

    /// Revokes a session of the issuer: the tokens with this `sid` that were issued up to now.
    ///
    /// # Errors
    /// As for [`revoke_token`](Self::revoke_token).
    pub async fn revoke_session(&self, issuer: &str, sid: &str) -> Result<(), RevocationError> {
        self.revoke(issuer, Kind::Session, sid).await
    }

    /// Revokes a client of the issuer: the tokens with this `client_id` or `azp` that were issued up
    /// to now.
    ///
    /// # Errors
    /// As for [`revoke_token`](Self::revoke_token).
    pub async fn revoke_client(
        &self,
        issuer: &str,
        client_id: &str,
    ) -> Result<(), RevocationError> {
        self.revoke(issuer, Kind::Client, client_id).await
    }

    /// Revokes a user of the issuer: the tokens with this `sub` that were issued up to now.
    ///
    /// # Errors
    /// As for [`revoke_token`](Self::revoke_token).
    pub async fn revoke_user(&self, issuer: &str, sub: &str) -> Result<(), RevocationError> {
        self.revoke(issuer, Kind::User, sub).await
    }

    async fn revoke(&self, issuer: &str, kind: Kind, value: &str) -> Result<(), RevocationError> {
        if value.is_empty() {
            return Err(RevocationError::Empty);
        }
        if !self.auth.knows_issuer(issuer) {
            return Err(RevocationError::UnknownIssuer);
        }
        let issuer = self.auth.revocation_issuer(issuer);
        let now = self.auth.clock().now();
        let revoked = self.registry.revoke(issuer, kind, value, now).await;
        revoked.map_err(|error| {
            log::info!("the store has not acknowledged a revocation: {error}");
            RevocationError::StoreUnavailable
        })
    }
}
