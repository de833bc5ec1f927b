//! Manages the revocations of a running application.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

use super::availability::Availability;
use super::entry::{Identifiers, Kind, Name, Revocation, unix_seconds};
use super::set::RevocationSet;
use super::signal::Logout;
use crate::store::{Once, Record, Recorded, SharedStore, Store, StoreError};

/// How often expired revocations are dropped.
const SWEEP_INTERVAL: Duration = Duration::from_secs(60);

/// Adds revocations and checks tokens against them. It stops following the store when it is dropped.
#[derive(Debug)]
pub(crate) struct Registry {
    set: Arc<RevocationSet>,
    availability: Arc<Availability>,
    store: Arc<SharedStore>,
    /// How long a revocation is kept, in seconds.
    keep: i64,
    /// The lock is held while a logout token is used, so that it is not used twice at the same time.
    signals: Mutex<()>,
    tasks: Vec<JoinHandle<()>>,
}

/// The reason why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Revoked,
    /// The copy of the shared revocations is missing or too old to decide.
    Unknown,
}

impl Registry {
    /// Starts the registry with an empty set, and follows the store if it is shared. Must be called within a tokio
    /// runtime.
    pub(crate) fn start(
        store: Arc<SharedStore>,
        max_token_lifetime: Duration,
        leeway: Duration,
        max_stale: Duration,
    ) -> Self {
        let set = Arc::new(RevocationSet::default());
        let sweeper = tokio::spawn(sweep(Arc::clone(&set)));
        let availability = Arc::new(if store.is_shared() {
            Availability::without_copy()
        } else {
            Availability::always()
        });
        let follower = follow(&store, &set, &availability, max_stale);
        // A revocation hits tokens of its whole second, whose times may have fractions.
        let keep = (max_token_lifetime + leeway).as_secs_f64().ceil() + 1.0;
        Self {
            set,
            availability,
            store,
            #[expect(clippy::cast_possible_truncation, reason = "it is a few years at most")]
            keep: keep as i64,
            signals: Mutex::new(()),
            tasks: [sweeper].into_iter().chain(follower).collect(),
        }
    }

    /// Checks a token at this time, which is `system_now` by the system's clock. The token is asked for
    /// its identifiers only if anything is revoked.
    ///
    /// # Errors
    /// Fails if it is revoked, or if that cannot be decided.
    pub(crate) fn check<'t>(
        &self,
        token: impl FnOnce() -> Identifiers<'t>,
        now: SystemTime,
        system_now: impl FnOnce() -> SystemTime,
    ) -> Result<(), Refusal> {
        if !self.set.is_empty() && self.set.hits(&token(), unix_seconds(now)) {
            Err(Refusal::Revoked)
        } else if self.availability.may_serve(|| unix_seconds(system_now())) {
            Ok(())
        } else {
            Err(Refusal::Unknown)
        }
    }

    /// Returns whether the token is known to be revoked, even if the copy is too old to deny it. The
    /// clock and the identifiers are only read if anything is revoked.
    pub(crate) fn is_revoked<'t>(
        &self,
        token: impl FnOnce() -> Identifiers<'t>,
        now: impl FnOnce() -> SystemTime,
    ) -> bool {
        !self.set.is_empty() && self.set.hits(&token(), unix_seconds(now()))
    }

    /// Returns whether the process has a copy of the revocations that may be used.
    pub(crate) fn is_available(&self) -> bool {
        self.availability
            .may_serve(|| unix_seconds(SystemTime::now()))
    }

    /// Returns how many revocations are known, and how old the copy of the shared ones is.
    pub(crate) fn size_and_age(&self) -> (usize, Option<Duration>) {
        (self.set.len(), self.availability.age())
    }

    /// Subscribes to changes.
    pub(crate) fn subscribe(&self) -> watch::Receiver<()> {
        self.set.subscribe()
    }

    /// Returns how long a revocation is kept, in seconds.
    pub(crate) fn keep(&self) -> i64 {
        self.keep
    }

    /// Revokes the tokens that were issued up to this second.
    ///
    /// # Errors
    /// Fails if the store does not acknowledge.
    pub(crate) async fn revoke(
        &self,
        issuer: &str,
        kind: Kind,
        value: &str,
        now: SystemTime,
    ) -> Result<(), StoreError> {
        let now = unix_seconds(now);
        let name = Name {
            issuer: issuer.into(),
            kind,
            value: value.into(),
        };
        let revocation = Revocation {
            name,
            issued_until: now,
            expires: now.saturating_add(self.keep),
        };
        self.add_living(vec![revocation], now).await
    }

    /// Adds revocations, unless all of them have expired.
    ///
    /// # Errors
    /// Fails if the store does not acknowledge.
    pub(crate) async fn add(
        &self,
        revocations: Vec<Revocation>,
        now: SystemTime,
    ) -> Result<(), StoreError> {
        self.add_living(revocations, unix_seconds(now)).await
    }

    async fn add_living(&self, revocations: Vec<Revocation>, now: i64) -> Result<(), StoreError> {
        let living: Vec<_> = revocations
            .into_iter()
            .filter(|revocation| revocation.expires > now)
            .collect();
        if !living.is_empty() {
            self.store.append(&records(&living)).await?;
            self.set.merge(living, now);
        }
        Ok(())
    }

    /// Revokes what a logout token asks for, unless the token was used before.
    ///
    /// # Errors
    /// Fails if the store does not acknowledge. The same token can then be used again.
    pub(crate) async fn log_out(
        &self,
        logout: Logout,
        now: SystemTime,
    ) -> Result<Recorded, StoreError> {
        let _one_at_a_time = self.signals.lock().await;
        let refused_from = u64::try_from(logout.refused_from).unwrap_or_default();
        let until = UNIX_EPOCH + Duration::from_secs(refused_from);
        let revocation = logout.revocation;
        let once = Once::new(&revocation.name.issuer, &logout.jti, now, until);
        let records = records(std::slice::from_ref(&revocation));
        let recorded = self.store.append_once(&once, &records).await?;
        if recorded == Recorded::Now {
            self.set.merge([revocation], unix_seconds(now));
            if let Err(error) = self.store.settle(&once).await {
                // If it is used again, it revokes the same tokens again.
                log::warn!("a logout token that was used is not marked as used: {error}");
            }
        }
        Ok(recorded)
    }
}

/// Starts to follow the store if other processes share it.
#[cfg(feature = "redis")]
fn follow(
    store: &Arc<SharedStore>,
    set: &Arc<RevocationSet>,
    availability: &Arc<Availability>,
    max_stale: Duration,
) -> Option<JoinHandle<()>> {
    let keep = || {
        super::copy::keep(
            Arc::clone(store),
            Arc::clone(set),
            Arc::clone(availability),
            max_stale,
        )
    };
    store.is_shared().then(|| tokio::spawn(keep()))
}

/// Does nothing, because without the feature `redis` no store is shared.
#[cfg(not(feature = "redis"))]
fn follow(
    _: &Arc<SharedStore>,
    _: &Arc<RevocationSet>,
    _: &Arc<Availability>,
    _: Duration,
) -> Option<JoinHandle<()>> {
    None
}

fn records(revocations: &[Revocation]) -> Vec<Record> {
    revocations.iter().map(Revocation::to_record).collect()
}

async fn sweep(set: Arc<RevocationSet>) {
    loop {
        tokio::time::sleep(SWEEP_INTERVAL).await;
        set.sweep(unix_seconds(SystemTime::now()));
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Backend, Memory, ProofLimits};

    fn at(seconds: f64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs_f64(seconds)
    }

    #[tokio::test]
    async fn a_revocation_is_kept_as_long_as_a_token_that_it_hits_is_valid() {
        let store = Arc::new(SharedStore::new(Backend::Memory(Memory::new(
            ProofLimits::new(1),
        ))));
        let (lifetime, leeway) = (Duration::from_secs(100), Duration::from_secs(5));
        let registry = Registry::start(store, lifetime, leeway, Duration::from_secs(60));
        registry
            .revoke("i", Kind::User, "u", at(1000.2))
            .await
            .unwrap();
        // Issued later in the same second: it is valid until 1105.9.
        let token = Identifiers {
            issuer: "i",
            sub: Some("u"),
            iat: Some(1000.9),
            ..Identifiers::default()
        };
        for now in [1000.9, 1104.9, 1105.0, 1105.89] {
            assert_eq!(
                registry.check(|| token, at(now), || at(now)),
                Err(Refusal::Revoked),
                "{now}"
            );
        }
    }

    /// A machine that was suspended serves requests before any task has noticed the time.
    #[tokio::test]
    async fn a_request_after_the_copy_has_become_too_old_by_the_wall_clock_is_refused() {
        use super::super::availability::Current;
        use tokio::time::Instant;

        let store = Arc::new(SharedStore::new(Backend::Memory(Memory::new(
            ProofLimits::new(1),
        ))));
        let mut registry = Registry::start(store, Duration::ZERO, Duration::ZERO, Duration::ZERO);
        registry.availability = Arc::new(Availability::without_copy());
        let check = |system_now| {
            // A test may have moved the clock of the tokens, but not that of the copy.
            registry.check(Identifiers::default, at(9e9), || at(system_now))
        };
        assert_eq!(check(1000.0), Err(Refusal::Unknown));
        registry.availability.set_current(Current {
            at: Instant::now(),
            serves_until: 1060,
        });
        assert_eq!(check(1060.9), Ok(()));
        assert_eq!(check(1061.0), Err(Refusal::Unknown));
        registry.availability.set_stale();
        assert_eq!(check(1000.0), Err(Refusal::Unknown));
    }
}
