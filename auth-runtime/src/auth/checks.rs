//! What is asked about a verified token: whether it was revoked, and whether its key is still there.

use std::time::SystemTime;

use rocket::Shutdown;
use tokio::sync::watch;

use super::Auth;
use crate::revocation::{Identifiers, Refusal, Registry};
use crate::store::SharedStore;
use crate::token::{AccessToken, Origin};
use crate::verify::{Failure, Issuer};

impl Auth {
    /// Verifies a token and checks that it is not revoked.
    ///
    /// # Errors
    /// Returns the first check that fails.
    pub(super) async fn verify_at(
        &self,
        token: &str,
        now: SystemTime,
    ) -> Result<AccessToken, Failure> {
        let verified = self.0.verifier.verify(token, now).await?;
        self.check_revocation(&verified, now)?;
        Ok(verified)
    }

    fn check_revocation(&self, token: &AccessToken, now: SystemTime) -> Result<(), Failure> {
        let Some(registry) = self.registry() else {
            return Ok(());
        };
        let checked = registry.check(|| Self::identifiers(token), now);
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

    /// Returns what a revocation can name of this token.
    pub(super) fn identifiers(token: &AccessToken) -> Identifiers<'_> {
        Identifiers {
            issuer: token.issuer().unwrap_or_default(),
            jti: token.token_id(),
            sid: token.session_id(),
            client_id: token.client_id(),
            azp: token.authorized_party(),
            sub: token.subject(),
            iat: token.issued(),
        }
    }

    /// Whether tokens of this issuer may be accepted.
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

    /// Sees each fetch of the keys that the token was verified with.
    pub(super) fn key_changes(&self, origin: &Origin) -> Option<watch::Receiver<()>> {
        self.issuers().get(origin.issuer)?.keys.subscribe()
    }

    /// Whether the key that signed the token is still in its set. True if no key did.
    pub(super) fn still_has_key(&self, origin: &Origin) -> bool {
        let issuer = self.issuers().get(origin.issuer);
        match (issuer, origin.key) {
            (Some(issuer), Some(key)) => issuer.keys.has_key(key),
            _ => true,
        }
    }

    /// Remembers how Rocket shuts down, so that streams can end then.
    pub(crate) fn launched(&self, shutdown: Shutdown) {
        // A second launch does not exist: Rocket consumes itself.
        let _ = self.0.shutdown.set(shutdown);
    }

    pub(super) fn shutdown(&self) -> Option<Shutdown> {
        self.0.shutdown.get().cloned()
    }
}
