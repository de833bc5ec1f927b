//! The keys of one issuer, as readers see them: they load the current set without a lock, and wait
//! only where no key in it could serve.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::{ArcSwapOption, Guard};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::algorithm::Algorithm;
use super::refresh::{Remote, keep_fresh};
use super::set::KeySet;

/// Where an issuer's keys come from. Stops fetching when dropped.
#[derive(Debug)]
pub(crate) struct KeySource {
    shared: Arc<Shared>,
    /// Keeps the set fresh; `None` for keys that are configured.
    task: Option<JoinHandle<()>>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error("no key fits the token's `kid` and algorithm")]
    Unknown,
    #[error("no keys could be fetched so far")]
    Unavailable { retry_after: Duration },
}

/// What readers and the background task share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) keys: ArcSwapOption<KeySet>,
    pub(super) progress: watch::Sender<Progress>,
    health: Mutex<Health>,
    /// When a fetch for an unknown key was last asked for. Held for a comparison alone.
    asked: Mutex<Option<Instant>>,
    cooldown: Duration,
    longest_wait: Duration,
}

/// How fetching goes, for operators.
#[derive(Clone, Debug, Default)]
pub(crate) struct Health {
    /// When a fetch last succeeded.
    pub(crate) fetched: Option<Instant>,
    /// Why the last fetch failed, if it did.
    pub(crate) error: Option<Arc<str>>,
}

/// How far the background task is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Progress {
    /// How many fetches are begun, or asked for.
    begun: u64,
    /// How many of them are over.
    finished: u64,
    /// When the next one starts by itself.
    next: Instant,
}

impl Progress {
    pub(super) fn is_fetching(&self) -> bool {
        self.begun > self.finished
    }

    /// Begins a fetch, or joins the one that is under way.
    pub(super) fn begin(&mut self) {
        self.begun = self.finished + 1;
    }

    pub(super) fn finish(&mut self, next: Instant) {
        self.finished = self.begun;
        self.next = next;
    }
}

impl KeySource {
    /// Starts fetching in the background. To be called within a tokio runtime.
    pub(crate) fn start(remote: Remote) -> Self {
        let times = remote.times;
        let shared = Arc::new(Shared::new(None, true, times.cooldown, times.timeout));
        let task = Some(tokio::spawn(keep_fresh(Arc::clone(&shared), remote)));
        Self { shared, task }
    }

    /// Keys that are configured and never change.
    pub(crate) fn fixed(keys: KeySet) -> Self {
        let shared = Shared::new(Some(Arc::new(keys)), false, Duration::ZERO, Duration::ZERO);
        Self {
            shared: Arc::new(shared),
            task: None,
        }
    }

    /// The current keys, if there are any.
    pub(crate) fn current(&self) -> Guard<Option<Arc<KeySet>>> {
        self.shared.keys.load()
    }

    /// What tells the current set from every other.
    pub(crate) fn generation(&self) -> Option<u64> {
        self.shared
            .keys
            .load()
            .as_ref()
            .map(|keys| keys.generation())
    }

    /// The keys for a token that the current set cannot serve, after a fetch where one may help.
    ///
    /// # Errors
    /// If the token's key is not found, or no keys are to be had.
    pub(crate) async fn wait_for(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Arc<KeySet>, KeyError> {
        let deadline = Instant::now() + self.shared.longest_wait;
        let mut progress = self.shared.progress.subscribe();
        let before = progress.borrow().begun;
        loop {
            // Before the keys: a fetch that finishes in between is then seen as finished.
            let finished = progress.borrow().finished;
            let keys = self.shared.keys.load_full();
            if let Some(keys) = &keys {
                if keys.serves(kid, algorithm) {
                    return Ok(Arc::clone(keys));
                }
                if kid.is_none() && keys.is_ambiguous(algorithm) {
                    return Err(KeyError::Unknown);
                }
            }
            // One that began after the request came has said all there is to know.
            let knows = finished > before;
            if knows || self.task.is_none() {
                return Err(self.shared.failure(keys.is_some()));
            }
            let Some(fetch) = self.shared.fetch_to_join(keys.is_some()) else {
                return Err(self.shared.failure(keys.is_some()));
            };
            let over = progress.wait_for(|progress| progress.finished >= fetch);
            if tokio::time::timeout_at(deadline, over).await.is_err() {
                return Err(self.shared.failure(keys.is_some()));
            }
        }
    }

    pub(crate) fn health(&self) -> Health {
        self.shared.health().clone()
    }

    /// Whether the keys are fetched, and not configured.
    pub(crate) fn fetches(&self) -> bool {
        self.task.is_some()
    }
}

impl Drop for KeySource {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

impl Shared {
    fn new(
        keys: Option<Arc<KeySet>>,
        fetching: bool,
        cooldown: Duration,
        longest_wait: Duration,
    ) -> Self {
        Self {
            keys: ArcSwapOption::new(keys),
            progress: watch::Sender::new(Progress {
                begun: u64::from(fetching),
                finished: 0,
                next: Instant::now(),
            }),
            health: Mutex::default(),
            asked: Mutex::new(None),
            cooldown,
            longest_wait,
        }
    }

    /// The fetch to wait for, if there is one: one under way, or one for an unknown key, asked for
    /// now, if the cool-down since the last such one is over. Where no keys were ever had, the
    /// background task tries on its own, with growing pauses.
    fn fetch_to_join(&self, has_keys: bool) -> Option<u64> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let progress = *self.progress.borrow();
        if progress.is_fetching() {
            return Some(progress.begun);
        }
        let now = Instant::now();
        let cooling = asked.is_some_and(|last| now.duration_since(last) < self.cooldown);
        if !has_keys || cooling {
            return None;
        }
        *asked = Some(now);
        self.progress.send_modify(Progress::begin);
        Some(self.progress.borrow().begun)
    }

    /// Held for a look or a change alone.
    pub(super) fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failure(&self, has_keys: bool) -> KeyError {
        if has_keys {
            return KeyError::Unknown;
        }
        let next = self.progress.borrow().next;
        KeyError::Unavailable {
            retry_after: next.saturating_duration_since(Instant::now()),
        }
    }
}
