//! Checks verified tokens: whether they were revoked, and whether their key is still in its set.

use std::time::SystemTime;

use rocket::Shutdown;
use tokio::sync::watch;

use super::Auth;
use crate::error::AuthError;
use crate::revocation::{Identifiers, Refusal, Registry};
use crate::store::SharedStore;
use crate::telemetry::VerifySpan;
use crate::token::{AccessToken, Origin, Source};
use crate::verify::{Failure, Issuer, TemporarySecret, Unverified};

impl Auth {
    /// Verifies a token and checks that it is not revoked.
    ///
    /// # Errors
    /// Returns the first check that fails.
    pub(super) async fn verify_at(
        &self,
        token: &str,
        now: SystemTime,
    ) -> Result<AccessToken, Unverified> {
        let verified = self.0.verifier.verify(token, now).await?;
        let source = verified.origin().source;
        self.check_times(&verified)
            .and_then(|()| self.check_revocation(&verified, now))
            .map_err(|failure| failure.decided_by(source))?;
        Ok(verified)
    }

    /// Checks the times of a token again unless it was remembered, because its verification may have
    /// waited for a key or for an answer.
    #[inline]
    fn check_times(&self, token: &AccessToken) -> Result<(), Failure> {
        if token.origin().source == Source::Remembered {
            return Ok(());
        }
        self.0.verifier.check_times(token, self.clock().now())
    }

    #[inline]
    fn check_revocation(&self, token: &AccessToken, now: SystemTime) -> Result<(), Failure> {
        let Some(registry) = self.registry() else {
            return Ok(());
        };
        let checked = registry.check(
            || self.identifiers(token),
            now,
            || self.clock().to_system_time(now),
        );
        checked.map_err(|refusal| match refusal {
            Refusal::Revoked => Failure::Revoked,
            Refusal::Unknown => Failure::StoreUnavailable {
                retry_after: SharedStore::RETRY_AFTER,
            },
        })
    }

    pub(super) fn registry(&self) -> Option<&Registry> {
        self.0.registry.as_ref()
    }

    /// Returns the claims of this token by which it can be revoked.
    pub(super) fn identifiers<'t>(&self, token: &'t AccessToken) -> Identifiers<'t> {
        Identifiers {
            issuer: self.revocation_issuer(token.issuer().unwrap_or_default()),
            jti: token.token_id(),
            sid: token.session_id(),
            client_id: token.client_id(),
            azp: token.authorized_party(),
            sub: token.subject(),
            iat: token.issued(),
        }
    }

    /// Returns the issuer within which values of a token from this issuer are revoked.
    ///
    /// With a shared secret and no configured issuer, a token may name any issuer or none. Whoever has
    /// the secret vouches for all of them, so they belong together.
    pub(super) fn revocation_issuer<'n>(&self, name: &'n str) -> &'n str {
        if self.issuers().iter().any(|issuer| issuer.names.is_empty()) {
            ""
        } else {
            name
        }
    }

    /// Returns whether tokens of this issuer may be accepted.
    pub(super) fn knows_issuer(&self, name: &str) -> bool {
        let verifier = &self.0.verifier;
        let with_keys = verifier.issuers.iter().map(|issuer| &issuer.names);
        let introspected = verifier.introspected.iter().map(|issuer| &issuer.names);
        // With a shared secret, tokens need not name an issuer.
        with_keys
            .chain(introspected)
            .any(|names| names.is_empty() || names.iter().any(|known| known == name))
    }

    pub(super) fn issuers(&self) -> &[Issuer] {
        &self.0.verifier.issuers
    }

    /// Subscribes to fetches of the keys that the token was verified with.
    pub(super) fn key_changes(&self, origin: &Origin) -> Option<watch::Receiver<()>> {
        self.issuers().get(origin.issuer)?.keys.subscribe()
    }

    /// Returns whether the key that signed the token is still in its set, and `true` if no key signed
    /// it.
    pub(super) fn still_has_key(&self, origin: &Origin) -> bool {
        let issuer = self.issuers().get(origin.issuer);
        match (issuer, origin.key) {
            (Some(issuer), Some(key)) => issuer.keys.has_key(key),
            _ => true,
        }
    }

    /// Returns the time until which the secret that verified the token serves, if it is one that ends
    /// with a migration.
    pub(super) fn secret_until(&self, origin: &Origin) -> Option<SystemTime> {
        let issuer = self.issuers().get(origin.issuer)?;
        let TemporarySecret { keys, until } = issuer.secret.as_ref()?;
        (origin.key_set == Some(keys.generation())).then_some(*until)
    }

    /// Notes the end of a verification in its span.
    pub(crate) fn trace(&self, span: &VerifySpan, checked: &Result<AccessToken, AuthError>) {
        match checked {
            Ok(token) => {
                let key_id = || self.key_id(&token.origin());
                span.accepted(token, key_id, self.0.trace_subject);
            }
            Err(error) => span.refused(error),
        }
    }

    /// Returns the `kid` of the key that signed the token, if the key has one.
    fn key_id(&self, origin: &Origin) -> Option<String> {
        let issuer = self.issuers().get(origin.issuer)?;
        let current = issuer.keys.current();
        let kid = current.set()?.kid_of(origin.key?)?;
        Some(kid.to_owned())
    }

    /// Keeps the handle of Rocket's shutdown, so that streams can end with it.
    pub(crate) fn launched(&self, shutdown: Shutdown) {
        // There is only one launch, because launching consumes the Rocket.
        let _ = self.0.shutdown.set(shutdown);
    }

    pub(super) fn shutdown(&self) -> Option<Shutdown> {
        self.0.shutdown.get().cloned()
    }
}
