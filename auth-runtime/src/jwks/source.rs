//! Keeps the keys of one issuer fresh. One background task alone fetches; readers load the current
//! set without a lock, and wait only where no key in it could serve.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::{ArcSwapOption, Guard};
use backon::{BackoffBuilder, ExponentialBuilder};
use jsonwebtoken::Algorithm;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::fetch::{Endpoint, FetchError};
use super::set::{KeySet, NotAKeySet};

/// A set is never kept longer than this without a fetch, whatever its Cache-Control says.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 60 * 60);
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The times of a key set, as configured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    /// A set's life where its Cache-Control says nothing.
    pub(crate) ttl: Duration,
    /// Least time between two fetches for unknown keys.
    pub(crate) cooldown: Duration,
    /// One fetch, and the wait of a request for it.
    pub(crate) timeout: Duration,
    /// How long a set serves after its life while fetching fails.
    pub(crate) max_stale: Duration,
}

/// Where an issuer's keys come from. Stops fetching when dropped.
#[derive(Debug)]
pub(crate) struct KeySource {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error("no key fits the token's `kid` and algorithm")]
    Unknown,
    #[error("no keys could be fetched so far")]
    Unavailable { retry_after: Duration },
}

#[derive(Debug)]
struct Shared {
    keys: ArcSwapOption<KeySet>,
    progress: watch::Sender<Progress>,
    /// When a fetch for an unknown key was last asked for. Held for a comparison alone.
    asked: Mutex<Option<Instant>>,
    wake: Notify,
    accepted: Box<[Algorithm]>,
    times: Times,
}

/// How far the fetching task is.
#[derive(Clone, Copy, Debug)]
struct Progress {
    /// A fetch is under way, or about to start.
    fetching: bool,
    /// When the next one starts by itself.
    next: Instant,
}

#[derive(Debug, thiserror::Error)]
enum RefreshError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("the answer is no key set: {0}")]
    NotAKeySet(#[from] NotAKeySet),
}

impl KeySource {
    /// Starts fetching in the background. To be called within a tokio runtime.
    pub(crate) fn start(endpoint: Endpoint, accepted: Box<[Algorithm]>, times: Times) -> Self {
        let progress = Progress {
            fetching: true,
            next: Instant::now(),
        };
        let shared = Arc::new(Shared {
            keys: ArcSwapOption::empty(),
            progress: watch::Sender::new(progress),
            asked: Mutex::new(None),
            wake: Notify::new(),
            accepted,
            times,
        });
        let task = tokio::spawn(keep_fresh(Arc::clone(&shared), endpoint));
        Self { shared, task }
    }

    /// The current keys, if there are any.
    pub(crate) fn current(&self) -> Guard<Option<Arc<KeySet>>> {
        self.shared.keys.load()
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
        let deadline = Instant::now() + self.shared.times.timeout;
        loop {
            let mut progress = self.shared.progress.subscribe();
            let keys = self.shared.keys.load_full();
            if let Some(keys) = &keys {
                if keys.serves(kid, algorithm) {
                    return Ok(Arc::clone(keys));
                }
                if kid.is_none() && keys.is_ambiguous(algorithm) {
                    return Err(KeyError::Unknown);
                }
            }
            let failure = |progress: Progress| match keys {
                Some(_) => KeyError::Unknown,
                None => KeyError::Unavailable {
                    retry_after: progress.next.saturating_duration_since(Instant::now()),
                },
            };
            let now = *progress.borrow_and_update();
            let fetches = now.fetching || (keys.is_some() && self.shared.may_ask());
            if !fetches {
                return Err(failure(now));
            }
            let finished = progress.wait_for(|progress| !progress.fetching);
            if tokio::time::timeout_at(deadline, finished).await.is_err() {
                return Err(failure(now));
            }
        }
    }
}

impl Drop for KeySource {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    /// Asks for a fetch, unless the last one asked for was within the cool-down.
    fn may_ask(&self) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if asked.is_some_and(|last| now.duration_since(last) < self.times.cooldown) {
            return false;
        }
        *asked = Some(now);
        self.progress
            .send_modify(|progress| progress.fetching = true);
        self.wake.notify_one();
        true
    }

    /// Puts a fetched set in place of the current one, and returns its life.
    async fn refresh(&self, endpoint: &Endpoint) -> Result<Duration, RefreshError> {
        let document = endpoint.fetch().await?;
        let (keys, skipped) = KeySet::parse(&document.body, &self.accepted)?;
        for key in skipped {
            log::warn!(
                "key {:?} of {} is not used: {}",
                key.kid,
                endpoint.url(),
                key.reason
            );
        }
        log::debug!("{} keys fetched from {}", keys.len(), endpoint.url());
        self.keys.store(Some(Arc::new(keys)));
        let longest = LONGEST_LIFE.max(self.times.cooldown);
        Ok(document.max_age.map_or(self.times.ttl, |age| {
            age.clamp(self.times.cooldown, longest)
        }))
    }
}

/// The background task: fetches when the set's time comes, when asked to, and again after failures.
async fn keep_fresh(shared: Arc<Shared>, endpoint: Endpoint) {
    let pauses = ExponentialBuilder::default()
        .with_min_delay(FIRST_PAUSE)
        .with_max_delay(LONGEST_PAUSE)
        .with_jitter()
        .without_max_times();
    let mut failures = None;
    let mut serves_until = Instant::now();
    loop {
        let pause = match shared.refresh(&endpoint).await {
            Ok(life) => {
                if failures.take().is_some() {
                    log::info!("keys are fetched again from {}", endpoint.url());
                }
                serves_until = Instant::now() + life + shared.times.max_stale;
                ahead_of(life)
            }
            Err(error) => {
                if failures.is_none() {
                    log::error!("no keys from {}: {error}", endpoint.url());
                }
                let pauses = failures.get_or_insert_with(|| pauses.build());
                pauses.next().unwrap_or(LONGEST_PAUSE)
            }
        };
        let next = Instant::now() + pause;
        shared.progress.send_replace(Progress {
            fetching: false,
            next,
        });
        tokio::select! {
            () = tokio::time::sleep_until(next) => {}
            () = shared.wake.notified() => {}
        }
        if Instant::now() >= serves_until && shared.keys.swap(None).is_some() {
            log::error!(
                "the keys of {} are too old to serve any longer",
                endpoint.url()
            );
        }
        shared
            .progress
            .send_modify(|progress| progress.fetching = true);
    }
}

/// A set is fetched again before its life is over, not by all servers at the same moment.
fn ahead_of(life: Duration) -> Duration {
    life.mul_f64(0.75 + 0.1 * fastrand::f64())
}
