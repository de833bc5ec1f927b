//! Receives the signals of an issuer: logouts and security events.

use std::time::{SystemTime, UNIX_EPOCH};

use super::Auth;
use crate::error::{AuthError, AuthErrorKind};
use crate::revocation::{
    Expected, Registry, SignalError, SignalType, check_logout, check_security_event, verify,
};
use crate::store::{Recorded, SharedStore, StoreError};

/// The reason why a signal was not accepted.
#[derive(Debug)]
pub(crate) enum SignalRefusal {
    Invalid {
        /// RFC 8935 §2.4.
        code: &'static str,
        why: &'static str,
    },
    /// The signal cannot be checked or recorded now, and the sender should try again later.
    Unavailable(AuthError),
}

impl Auth {
    pub(crate) fn receives_logout_tokens(&self) -> bool {
        self.signal_audiences().logout.is_some()
    }

    pub(crate) fn receives_security_events(&self) -> bool {
        self.signal_audiences().events.is_some()
    }

    /// Revokes what a logout token asks for.
    ///
    /// # Errors
    /// Fails if the token is not valid, was used before, or cannot be checked or recorded now.
    pub(crate) async fn receive_logout_token(&self, token: &str) -> Result<(), SignalRefusal> {
        let (Some(registry), Some(audience)) =
            (self.registry(), self.signal_audiences().logout.as_deref())
        else {
            return Err(refused("logout token", "logout tokens are not expected"));
        };
        let signal = verify(token, SignalType::LogoutToken, self.issuers()).await;
        let signal = signal.map_err(|error| Self::invalid("logout token", &error))?;
        // The verification may have waited for keys.
        let now = self.clock().now();
        let expected = self.expected(registry, audience, now);
        let logout = check_logout(&signal.issuer, signal.claims.object(), &expected);
        let logout = logout.map_err(|error| Self::invalid("logout token", &error))?;
        match registry.log_out(logout, now).await {
            Ok(Recorded::Now) => Ok(()),
            Ok(Recorded::Before) => Err(refused("logout token", "its `jti` was used before")),
            Err(error) => Err(unavailable(&error)),
        }
    }

    /// Revokes what a security event token asks for.
    ///
    /// # Errors
    /// Fails if the token is not valid, or cannot be checked or recorded now.
    pub(crate) async fn receive_security_event(&self, token: &str) -> Result<(), SignalRefusal> {
        let (Some(registry), Some(audience)) =
            (self.registry(), self.signal_audiences().events.as_deref())
        else {
            return Err(refused(
                "security event",
                "security events are not expected",
            ));
        };
        let signal = verify(token, SignalType::SecurityEventToken, self.issuers()).await;
        let signal = signal.map_err(|error| Self::invalid("security event", &error))?;
        let now = self.clock().now();
        let expected = self.expected(registry, audience, now);
        let event = check_security_event(&signal.issuer, signal.claims.object(), &expected);
        let event = event.map_err(|error| Self::invalid("security event", &error))?;
        for name in &event.unmapped {
            log::warn!(
                "the security event {name} has a subject that is not a user or a session of its issuer, and revokes nothing"
            );
        }
        for name in &event.others {
            log::info!("the security event {name} is accepted and revokes nothing");
        }
        let added = registry.add(event.revocations, now).await;
        added.map_err(|error| unavailable(&error))
    }

    fn expected<'a>(
        &self,
        registry: &Registry,
        audience: &'a str,
        now: SystemTime,
    ) -> Expected<'a> {
        // If the clock is before 1970, every signal is from the future and is refused.
        let now = now.duration_since(UNIX_EPOCH);
        Expected {
            audience,
            leeway: self.leeway(),
            keep: registry.keep(),
            now: now.map_or(f64::NEG_INFINITY, |now| now.as_secs_f64()),
        }
    }

    fn invalid(what: &str, error: &SignalError) -> SignalRefusal {
        if let SignalError::KeysUnavailable { retry_after, .. } = error {
            log::info!("a {what} cannot be verified now: {error}");
            return SignalRefusal::Unavailable(AuthError::unavailable(
                AuthErrorKind::KeysUnavailable,
                *retry_after,
            ));
        }
        log::info!("a {what} is refused: {error}");
        let code = match error {
            SignalError::Issuer(_) => "invalid_issuer",
            SignalError::Audience => "invalid_audience",
            SignalError::Key | SignalError::Signature => "invalid_key",
            _ => "invalid_request",
        };
        SignalRefusal::Invalid {
            code,
            // The reply only repeats the code. The log has the precise reason.
            why: "the token is not valid here",
        }
    }
}

fn refused(what: &str, why: &'static str) -> SignalRefusal {
    log::info!("a {what} is refused: {why}");
    SignalRefusal::Invalid {
        code: "invalid_request",
        why,
    }
}

fn unavailable(error: &StoreError) -> SignalRefusal {
    log::info!("the store has not acknowledged a revocation: {error}");
    SignalRefusal::Unavailable(AuthError::unavailable(
        AuthErrorKind::StoreUnavailable,
        SharedStore::RETRY_AFTER,
    ))
}
