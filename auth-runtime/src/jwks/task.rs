//! Runs the task that keeps the keys of one issuer fresh. It executes the steps of the state machine.
//! Because only this task fetches, there is at most one fetch at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::event::{Fetch, Outcome, Step};
use super::fetcher::{Failed, Fetched, FetchedSet, Fetcher, Remote};
use super::set::KeySet;
use super::shared::{Shared, Turn};
use super::snapshot::Snapshot;

/// The interval at which the wall clock is checked, because timers only follow the monotonic clock.
const MAX_SLEEP: Duration = Duration::from_secs(10);

/// The source from which the task gets keys.
pub(super) trait Source: Send {
    fn fetch(&mut self, fetch: Fetch) -> impl Future<Output = Result<Fetched, Failed>> + Send;
}

impl Source for Fetcher {
    fn fetch(&mut self, fetch: Fetch) -> impl Future<Output = Result<Fetched, Failed>> + Send {
        Self::fetch(self, fetch)
    }
}

/// The right to be the only task. It is released when this is dropped, because the task has panicked
/// or the runtime that it ran on has ended.
pub(super) struct Place(Arc<Shared>);

impl Place {
    /// Takes the right, unless there is a task already.
    pub(super) fn claim(shared: &Arc<Shared>) -> Option<Self> {
        shared.claim_task().then(|| Self(Arc::clone(shared)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.lose_task(std::thread::panicking());
    }
}

/// Keeps the keys at an issuer fresh.
pub(super) async fn keep_fresh(place: Place, remote: Arc<Remote>) {
    let snapshot = remote.snapshot.clone();
    if let Some(snapshot) = &snapshot {
        restore(&place.0, &remote, snapshot.clone()).await;
    }
    let fetcher = Fetcher::new(Arc::clone(&remote));
    let name = remote.origin.url().as_str();
    run(&place, fetcher, name, &mut Copies::new(snapshot)).await;
}

/// Executes the steps of the state machine, and never returns.
pub(super) async fn run(
    Place(shared): &Place,
    mut source: impl Source,
    name: &str,
    copies: &mut Copies,
) {
    loop {
        match shared.step() {
            Step::Fetch(fetch) => match source.fetch(fetch).await {
                Ok(Fetched::Set(set)) => fetched(shared, set, name, copies),
                Ok(Fetched::Unmoved) => finish(shared, Outcome::Unmoved, None, None, name),
                Err(failed) => failed_to_fetch(shared, &failed, name),
            },
            Step::SleepUntil(until) => shared.sleep(until, MAX_SLEEP).await,
        }
    }
}

fn fetched(shared: &Shared, set: FetchedSet, name: &str, copies: &mut Copies) {
    let outcome = Outcome::Fetched {
        max_age: set.max_age,
    };
    finish(shared, outcome, Some(set.keys), None, name);
    if let Some(until) = shared.serves_until() {
        copies.save(&set.document, until);
    }
}

fn failed_to_fetch(shared: &Shared, failed: &Failed, name: &str) {
    let outcome = Outcome::Failed {
        retry_after: failed.error.retry_after(),
        has_moved: failed.has_moved,
    };
    finish(shared, outcome, None, Some(failed.error.to_string()), name);
}

fn finish(
    shared: &Shared,
    outcome: Outcome,
    keys: Option<Arc<KeySet>>,
    error: Option<String>,
    name: &str,
) {
    let error: Option<Arc<str>> = error.map(Into::into);
    match shared.finish(outcome, keys, error.clone()) {
        Turn::Failing => log::error!("no keys from {name}: {}", error.unwrap_or_default()),
        Turn::Recovered => log::info!("keys are fetched again from {name}"),
        Turn::None => {}
    }
}

/// Uses the keys of the copy on disk, if they may still be used and no others have been fetched yet.
async fn restore(shared: &Shared, remote: &Remote, snapshot: Snapshot) {
    // A disk that hangs must not keep the keys from being fetched.
    let read = tokio::task::spawn_blocking(move || snapshot.read());
    let read = tokio::time::timeout(remote.times.timeout, read);
    let Ok(Ok(Some((document, left)))) = read.await else {
        return;
    };
    match KeySet::parse(&document, &remote.accepted) {
        Ok((keys, _)) => {
            if shared.restore(Arc::new(keys), left) {
                let url = remote.origin.url();
                log::info!("the keys of {url} are served from their copy");
            }
        }
        Err(error) => log::warn!("the key set copy is not used: {error}"),
    }
}

/// Writes copies of the set to disk. The task continues while a copy is written, and no other copy is
/// written in the meantime.
pub(super) struct Copies {
    snapshot: Option<Snapshot>,
    saving: Option<JoinHandle<()>>,
}

impl Copies {
    pub(super) fn new(snapshot: Option<Snapshot>) -> Self {
        Self {
            snapshot,
            saving: None,
        }
    }

    /// Saves a set that may be used until this time since 1970.
    fn save(&mut self, document: &Arc<[u8]>, until: Duration) {
        let Some(snapshot) = self.snapshot.clone() else {
            return;
        };
        if self.saving.as_ref().is_none_or(JoinHandle::is_finished) {
            let document = Arc::clone(document);
            let save = move || snapshot.write(&document, until);
            self.saving = Some(tokio::task::spawn_blocking(save));
        }
    }
}

#[cfg(test)]
mod tests;
