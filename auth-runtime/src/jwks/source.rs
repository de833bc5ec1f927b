//! Gives readers the keys of one issuer. They load the current set without a lock, and wait only if
//! it does not have a key for the token.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::Guard;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::algorithm::Algorithm;
use super::fetcher::Remote;
#[cfg(feature = "check")]
use super::fetcher::{Fetcher, Inspection};
use super::life::Life;
use super::set::KeySet;
use super::shared::{Found, Health, Served, Shared, Shortage};
use super::task::{Place, keep_fresh};
use crate::moment::Clocks;

/// The keys of an issuer, by their origin.
#[derive(Debug)]
pub(crate) enum KeySource {
    /// Keys from the configuration, which never change.
    Fixed(KeySet),
    Fetched(FetchedKeys),
}

/// Keys that are fetched in the background, until this is dropped.
#[derive(Debug)]
pub(crate) struct FetchedKeys {
    shared: Arc<Shared>,
    remote: Arc<Remote>,
    task: Mutex<Option<AbortHandle>>,
}

/// The current keys.
pub(crate) enum CurrentKeys<'s> {
    Fixed(&'s KeySet),
    Fetched(Guard<Option<Arc<Served>>>),
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error("no key fits the token's `kid` and algorithm")]
    Unknown,
    #[error("{shortage}")]
    Unavailable {
        shortage: Shortage,
        retry_after: Duration,
    },
}

impl CurrentKeys<'_> {
    /// Returns the set, if there is one.
    pub(crate) fn set(&self) -> Option<&KeySet> {
        match self {
            Self::Fixed(keys) => Some(keys),
            Self::Fetched(served) => served.as_deref().map(|served| &*served.keys),
        }
    }
}

impl KeySource {
    /// Starts to fetch keys in the background. Must be called within a tokio runtime.
    pub(crate) fn start(remote: Remote) -> Self {
        let fetched = FetchedKeys::new(remote);
        fetched.ensure_task();
        Self::Fetched(fetched)
    }

    /// Creates a source of keys from the configuration.
    pub(crate) fn fixed(keys: KeySet) -> Self {
        Self::Fixed(keys)
    }

    /// Returns the current keys, without waiting.
    pub(crate) fn current(&self) -> CurrentKeys<'_> {
        match self {
            Self::Fixed(keys) => CurrentKeys::Fixed(keys),
            Self::Fetched(fetched) => CurrentKeys::Fetched(fetched.shared.served()),
        }
    }

    /// Returns the number that identifies the current set.
    pub(crate) fn generation(&self) -> Option<u64> {
        self.current().set().map(KeySet::generation)
    }

    /// Returns keys for a token whose key is not in the current set. Waits for a fetch if one may
    /// help.
    ///
    /// # Errors
    /// Fails if the issuer does not have such a key, or if that cannot be known now.
    pub(crate) async fn wait_for(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Arc<KeySet>, KeyError> {
        match self {
            Self::Fixed(_) => Err(KeyError::Unknown),
            Self::Fetched(fetched) => fetched.wait_for(kid, algorithm).await,
        }
    }

    /// Handles a signature that did not verify with a known key. The key may have been replaced under
    /// the same name, so the set may be fetched again in the background.
    pub(crate) fn signature_failed(&self) {
        match self {
            Self::Fixed(_) => {}
            Self::Fetched(fetched) => fetched.shared.signature_failed(),
        }
    }

    /// Returns whether the current set holds the key with this fingerprint. Keys from the configuration
    /// are never withdrawn.
    pub(crate) fn has_key(&self, fingerprint: u64) -> bool {
        match self {
            Self::Fixed(_) => true,
            Self::Fetched(_) => {
                let current = self.current();
                current.set().is_some_and(|keys| keys.contains(fingerprint))
            }
        }
    }

    /// Subscribes to changes of the keys. Returns `None` if they never change.
    pub(crate) fn subscribe(&self) -> Option<watch::Receiver<()>> {
        match self {
            Self::Fixed(_) => None,
            Self::Fetched(fetched) => Some(fetched.shared.changes()),
        }
    }

    /// Returns the state of fetching. A task that has ended is started again, so that a service that
    /// is not ready, and therefore gets no requests, becomes ready again.
    pub(crate) fn health(&self) -> Health {
        match self {
            Self::Fixed(_) => Health::default(),
            Self::Fetched(fetched) => {
                fetched.ensure_task();
                fetched.shared.health()
            }
        }
    }

    /// Fetches the keys now, beside the task that keeps them fresh. Returns `None` for keys from the
    /// configuration.
    #[cfg(feature = "check")]
    pub(crate) async fn inspect(&self) -> Option<Inspection> {
        match self {
            Self::Fixed(_) => None,
            Self::Fetched(fetched) => {
                Some(Fetcher::new(Arc::clone(&fetched.remote)).inspect().await)
            }
        }
    }

    /// Returns whether the keys are fetched, rather than configured.
    pub(crate) fn fetches(&self) -> bool {
        matches!(self, Self::Fetched(_))
    }
}

impl FetchedKeys {
    fn new(remote: Remote) -> Self {
        let (times, discovers) = (remote.times, remote.origin.is_discovered());
        let name = remote.origin.url().as_str();
        let meter = Arc::clone(&remote.meter);
        let shared = Shared::new(name, Clocks::start(), meter, |now| {
            Life::new(times, discovers, now)
        });
        Self {
            shared: Arc::new(shared),
            remote: Arc::new(remote),
            task: Mutex::default(),
        }
    }

    /// Starts the task if there is none: the first time, or after it has panicked or its runtime has
    /// ended.
    fn ensure_task(&self) {
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        if let Some(place) = Place::claim(&self.shared) {
            let task = runtime.spawn(keep_fresh(place, Arc::clone(&self.remote)));
            let mut current = self.task.lock().unwrap_or_else(PoisonError::into_inner);
            *current = Some(task.abort_handle());
        }
    }

    async fn wait_for(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Arc<KeySet>, KeyError> {
        // The next fetch begins within one time limit, and ends within another.
        let deadline = Instant::now() + self.remote.times.timeout.saturating_mul(2);
        let mut changes = self.shared.changes();
        let waiting = self.shared.arrive();
        loop {
            // Changes from here on are not missed.
            changes.borrow_and_update();
            self.ensure_task();
            match waiting.find(kid, algorithm) {
                Found::Keys(keys) => return Ok(keys),
                Found::Nothing => return Err(KeyError::Unknown),
                Found::Unavailable {
                    shortage,
                    retry_after,
                } => {
                    return Err(KeyError::Unavailable {
                        shortage,
                        retry_after,
                    });
                }
                Found::NotYet => {}
            }
            if tokio::time::timeout_at(deadline, changes.changed())
                .await
                .is_err()
            {
                let (shortage, retry_after) = waiting.shortage();
                return Err(KeyError::Unavailable {
                    shortage,
                    retry_after,
                });
            }
        }
    }
}

impl Drop for FetchedKeys {
    fn drop(&mut self) {
        let task = self.task.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(task) = task {
            task.abort();
        }
    }
}
