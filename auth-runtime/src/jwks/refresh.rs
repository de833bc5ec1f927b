//! The background task of one issuer's keys: it alone fetches, so that fetches at the same time are
//! one.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use reqwest::StatusCode;
use reqwest::header::{ACCEPT, ETAG, HeaderValue, IF_NONE_MATCH};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use url::Url;

use super::algorithm::Algorithm;
use super::discovery::{DiscoveryError, Origin};
use super::document::NotAKeySet;
use super::set::{KeySet, SkippedKey};
use super::snapshot::Snapshot;
use super::source::{Health, Progress, Shared};
use crate::http::{self, Http, HttpError, within};

/// A set is never kept longer than this without a fetch, whatever its Cache-Control says.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 60 * 60);
/// A Cache-Control cannot make us fetch more often than this.
const SHORTEST_LIFE: Duration = Duration::from_secs(1);
/// RFC 7517 §8.5.1; some servers have only one of the two types.
const ACCEPTED: &str = "application/jwk-set+json, application/json;q=0.9, */*;q=0.1";
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

/// A key set that is fetched, and how.
#[derive(Debug)]
pub(crate) struct Remote {
    pub(crate) origin: Origin,
    pub(crate) http: Http,
    pub(crate) accepted: Box<[Algorithm]>,
    pub(crate) times: Times,
    pub(crate) snapshot: Option<Snapshot>,
}

#[derive(Debug, thiserror::Error)]
enum RefreshError {
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    #[error("the answer is no key set: {0}")]
    NotAKeySet(#[from] NotAKeySet),
}

impl RefreshError {
    /// How long an overloaded server asked us to wait.
    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Http(HttpError::Status { retry_after, .. }) => *retry_after,
            Self::Discovery(error) => error.retry_after(),
            Self::Http(_) | Self::NotAKeySet(_) => None,
        }
    }
}

/// What the task remembers from one fetch to the next.
struct Refresher {
    shared: Arc<Shared>,
    remote: Remote,
    /// What metadata named, as long as fetching from there works.
    discovered: Option<Url>,
    etag: Option<HeaderValue>,
    /// The current set as it was fetched, where a copy of it is kept on disk.
    document: Option<Vec<u8>>,
    /// Whether that copy is older than the last good answer.
    unsaved: bool,
    /// The copy that is being written.
    saving: Option<JoinHandle<()>>,
    /// The unusable keys that the log has told of.
    told: HashSet<String>,
    /// The pauses while fetching fails.
    failing: Option<ExponentialBackoff>,
    /// When the current set is too old.
    serves_until: Instant,
}

/// Fetches when the set's time comes, when asked to, and again after failures.
pub(super) async fn keep_fresh(shared: Arc<Shared>, remote: Remote) {
    let mut asked = shared.progress.subscribe();
    let _end = End(Arc::clone(&shared));
    let mut refresher = Refresher::new(Arc::clone(&shared), remote);
    refresher.restore().await;
    loop {
        let next = refresher.refresh().await;
        // Its time may have come while it was fetched for in vain.
        refresher.retire();
        shared
            .progress
            .send_modify(|progress| progress.finish(next));
        refresher.save();
        let asked = asked.wait_for(Progress::is_fetching);
        // Either way it is time to fetch: the task itself keeps the sender.
        let _ = tokio::time::timeout_at(next, asked).await;
        refresher.retire();
        shared.progress.send_modify(Progress::begin);
    }
}

/// However the task ends, no key is left that nobody would take away.
struct End(Arc<Shared>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.keys.store(None);
    }
}

impl Refresher {
    fn new(shared: Arc<Shared>, remote: Remote) -> Self {
        Self {
            shared,
            remote,
            discovered: None,
            etag: None,
            document: None,
            unsaved: false,
            saving: None,
            told: HashSet::new(),
            failing: None,
            serves_until: Instant::now(),
        }
    }

    /// Puts the copy on disk in place, if there is one that may serve.
    async fn restore(&mut self) {
        let Some(snapshot) = self.remote.snapshot.clone() else {
            return;
        };
        // A disk that hangs is not to keep the keys from being fetched.
        let read = tokio::task::spawn_blocking(move || snapshot.read());
        let Ok(Ok(Some((document, left)))) =
            tokio::time::timeout(self.remote.times.timeout, read).await
        else {
            return;
        };
        match KeySet::parse(&document, &self.remote.accepted) {
            Ok((keys, _)) => {
                log::info!(
                    "the keys of {} are served from their copy",
                    self.remote.origin.url()
                );
                self.shared.keys.store(Some(Arc::new(keys)));
                // A file may say anything: no set was ever good for longer.
                let most = LONGEST_LIFE.max(self.remote.times.ttl) + self.remote.times.max_stale;
                self.serves_until = Instant::now() + left.min(most);
            }
            Err(error) => log::warn!("the key set copy is not used: {error}"),
        }
    }

    /// Fetches once, and returns when to fetch next.
    async fn refresh(&mut self) -> Instant {
        let timeout = self.remote.times.timeout;
        // Discovery may take several requests.
        let fetched = within(timeout, self.fetch()).await;
        let pause = match fetched {
            Ok(life) => {
                if self.failing.take().is_some() {
                    log::info!("keys are fetched again from {}", self.remote.origin.url());
                }
                let now = Instant::now();
                *self.shared.health() = Health {
                    fetched: Some(now),
                    error: None,
                };
                self.serves_until = now + life + self.remote.times.max_stale;
                ahead_of(life)
            }
            Err(error) => {
                self.discovered = None;
                self.shared.health().error = Some(error.to_string().into());
                if self.failing.is_none() {
                    log::error!("no keys from {}: {error}", self.remote.origin.url());
                }
                let pause = self.failing.get_or_insert_with(pauses).next();
                // A set that has served its time is to go when it comes.
                let left = self.serves_until.saturating_duration_since(Instant::now());
                let pause = pause.unwrap_or(LONGEST_PAUSE);
                let asked = error.retry_after().unwrap_or_default();
                let pause = pause.max(asked.min(self.remote.times.max_stale));
                if left.is_zero() {
                    pause
                } else {
                    pause.min(left)
                }
            }
        };
        Instant::now() + pause
    }

    /// Puts a fetched set in place of the current one, and returns its life.
    async fn fetch(&mut self) -> Result<Duration, RefreshError> {
        let url = self.locate().await?;
        let mut request = self.remote.http.get(url.clone()).header(ACCEPT, ACCEPTED);
        if let Some(etag) = &self.etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        let answer = Http::send(request).await?;
        let max_age = http::max_age(&answer.headers);
        let etag = answer.headers.get(ETAG).cloned();
        let body = match answer.status {
            StatusCode::OK => Some(answer.body),
            StatusCode::NOT_MODIFIED if self.etag.is_some() => None,
            _ => return Err(answer.unexpected_status().into()),
        };
        let times = self.remote.times;
        let shortest = times.cooldown.max(SHORTEST_LIFE);
        let life = max_age.map_or(times.ttl, |age| {
            age.clamp(shortest, LONGEST_LIFE.max(shortest))
        });
        // The same set again keeps what was verified with it.
        let current = self.shared.keys.load().is_some();
        let changed = body.filter(|body| !current || self.document.as_ref() != Some(body));
        if let Some(body) = changed {
            let (keys, skipped) = KeySet::parse(&body, &self.remote.accepted)?;
            self.tell(&skipped);
            log::debug!("{} keys fetched from {url}", keys.len());
            self.shared.keys.store(Some(Arc::new(keys)));
            self.etag = etag;
            self.document = Some(body);
        }
        // A set that is still the same has its time prolonged, on disk too.
        self.unsaved = self.document.is_some();
        Ok(life)
    }

    /// Keeps the copy on disk up to date. Nobody waits for a disk: a copy is written while the task
    /// goes on, and no other until it is.
    fn save(&mut self) {
        if self
            .saving
            .as_ref()
            .is_some_and(|saving| !saving.is_finished())
        {
            return;
        }
        if let (Some(snapshot), Some(document), true) =
            (&self.remote.snapshot, &self.document, self.unsaved)
        {
            let left = self.serves_until.saturating_duration_since(Instant::now());
            let (snapshot, document) = (snapshot.clone(), document.clone());
            self.saving = Some(tokio::task::spawn_blocking(move || {
                snapshot.write(document, left);
            }));
            self.unsaved = false;
        }
    }

    async fn locate(&mut self) -> Result<Url, DiscoveryError> {
        match (&self.remote.origin, &self.discovered) {
            (Origin::At(url), _) | (Origin::Discovered(_), Some(url)) => Ok(url.clone()),
            (Origin::Discovered(issuer), None) => {
                let url = issuer.jwks_uri(&self.remote.http).await?;
                // The tag of a document elsewhere says nothing about this one.
                self.etag = None;
                self.discovered = Some(url.clone());
                Ok(url)
            }
        }
    }

    /// Takes a set away that is too old to serve.
    fn retire(&mut self) {
        if Instant::now() >= self.serves_until && self.shared.keys.swap(None).is_some() {
            log::error!(
                "the keys of {} are too old to serve",
                self.remote.origin.url()
            );
            // The next answer must hold a set.
            self.etag = None;
        }
    }

    /// Says once of each key why it is not used.
    fn tell(&mut self, skipped: &[SkippedKey]) {
        for key in skipped {
            let message = format!("key {:?} is not used: {}", key.kid, key.reason);
            // What an issuer can make us remember is bounded.
            if self.told.len() < 1000 && !self.told.contains(&message) {
                log::warn!("{}: {message}", self.remote.origin.url());
                self.told.insert(message);
            }
        }
    }
}

fn pauses() -> ExponentialBackoff {
    ExponentialBuilder::default()
        .with_min_delay(FIRST_PAUSE)
        .with_max_delay(LONGEST_PAUSE)
        .with_jitter()
        .without_max_times()
        .build()
}

/// A set is fetched again before its life is over, not by all servers at the same moment.
fn ahead_of(life: Duration) -> Duration {
    life.mul_f64(0.75 + 0.1 * fastrand::f64())
}
