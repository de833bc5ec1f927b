//! Runs the task that keeps a process's copy of the shared revocations.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::{Instant, sleep, sleep_until};

use super::availability::Availability;
use super::entry::{Revocation, unix_seconds};
use super::replica::{Outcome, Replica, Step};
use super::set::RevocationSet;
use crate::store::{Feed, News, Redis, SharedStore, Store, StoreError};

/// How long a read waits for news.
const MAX_READ: Duration = Duration::from_secs(1);
/// How often entries that nobody needs any more are removed from the store.
const TRIM_INTERVAL: Duration = Duration::from_secs(600);

/// Follows the store for as long as the process runs.
pub(super) async fn keep(
    store: Arc<SharedStore>,
    set: Arc<RevocationSet>,
    availability: Arc<Availability>,
    max_stale: Duration,
) {
    let Some(redis) = store.redis() else {
        return;
    };
    let mut link = Link {
        store: redis,
        feed: None,
        longest_read: MAX_READ.min(max_stale / 4),
        trimmed: None,
        is_write_refused: false,
    };
    let mut replica = Replica::new();
    let mut is_reported = false;
    loop {
        // The copy is as old as the question, because a machine that was suspended may read the answer
        // much later.
        let (at, now) = (Instant::now(), unix_seconds(SystemTime::now()));
        let result = {
            let step = link.perform(replica.step());
            tokio::pin!(step);
            tokio::select! {
                biased;
                result = &mut step => result,
                () = too_old(&replica, max_stale, &availability) => {
                    refuse(&availability);
                    step.await
                }
            }
        };
        let mut pause = Duration::ZERO;
        match store.count(result) {
            Ok(outcome) => {
                if matches!(outcome, Outcome::WriteRefused) {
                    store.note_failure();
                }
                replica.succeeded(outcome, &set, at, now);
                if std::mem::take(&mut is_reported) {
                    log::info!("revocations are followed again");
                }
            }
            Err(error) => {
                if !std::mem::replace(&mut is_reported, true) {
                    log::error!("revocations cannot be followed: the store: {error}");
                }
                link.feed = None;
                pause = replica.failed();
            }
        }
        let (at, now) = (Instant::now(), unix_seconds(SystemTime::now()));
        match replica.current_at(max_stale, at, now) {
            Some(current) => availability.set_current(current),
            None => refuse(&availability),
        }
        sleep(pause).await;
    }
}

/// Stops the copy from being used, if it is.
fn refuse(availability: &Availability) {
    if availability.set_stale() {
        log::error!("the revocations are too old to serve: requests with tokens get 503");
    }
}

/// Waits until the copy is too old to be used by the monotonic clock. Requests compare the wall clock.
async fn too_old(replica: &Replica, max_stale: Duration, availability: &Availability) {
    match replica.serves_until(max_stale) {
        Some(until) if availability.is_in_use() => sleep_until(until).await,
        _ => std::future::pending().await,
    }
}

/// The connection to the store.
struct Link<'s> {
    store: &'s Redis,
    feed: Option<Feed>,
    longest_read: Duration,
    trimmed: Option<Instant>,
    /// Whether the store has refused to take revocations back, which is logged once.
    is_write_refused: bool,
}

impl Link<'_> {
    async fn perform(&mut self, step: Step) -> Result<Outcome, StoreError> {
        match step {
            Step::Load => {
                let (feed, snapshot) = self.store.load().await?;
                self.feed = Some(feed);
                let revocations = read(&snapshot.records);
                Ok(Outcome::Loaded(revocations, snapshot.position))
            }
            Step::WriteBack(missing) => self.write_back(&missing).await,
            Step::Follow(position) => {
                let Some(feed) = &mut self.feed else {
                    return Ok(Outcome::DataLost);
                };
                match feed.follow(&position, self.longest_read).await? {
                    News::Records(records, position) => {
                        Ok(Outcome::Changed(read(&records), position))
                    }
                    News::DataLost => Ok(Outcome::DataLost),
                    News::None => {
                        self.trim().await;
                        Ok(Outcome::Unchanged)
                    }
                }
            }
        }
    }

    async fn write_back(&mut self, missing: &[Revocation]) -> Result<Outcome, StoreError> {
        let records: Vec<_> = missing.iter().map(Revocation::to_record).collect();
        match self.store.append(&records).await {
            Ok(()) => {
                self.is_write_refused = false;
                log::warn!(
                    "{} revocations were written back to the store",
                    missing.len()
                );
                Ok(Outcome::WrittenBack)
            }
            Err(error) if error.is_refused_write() => {
                if !std::mem::replace(&mut self.is_write_refused, true) {
                    log::error!("the store does not take revocations back: {error}");
                }
                Ok(Outcome::WriteRefused)
            }
            Err(error) => Err(error),
        }
    }

    /// Trims the log from time to time, when there is nothing else to do.
    async fn trim(&mut self) {
        let now = Instant::now();
        let is_due = self
            .trimmed
            .is_none_or(|trimmed| now.duration_since(trimmed) >= TRIM_INTERVAL);
        if let (true, Some(feed)) = (is_due, &mut self.feed) {
            self.trimmed = Some(now);
            if let Err(error) = feed.trim(unix_seconds(SystemTime::now())).await {
                log::warn!("expired revocations stay in the shared store: {error}");
            }
        }
    }
}

fn read(records: &[String]) -> Vec<Revocation> {
    let read = |text: &String| match Revocation::from_record(text) {
        Ok(revocation) => Some(revocation),
        Err(error) => {
            log::error!("an entry of the shared store is not a revocation: {error}");
            None
        }
    };
    records.iter().filter_map(read).collect()
}
