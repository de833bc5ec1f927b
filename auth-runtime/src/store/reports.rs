//! Logs the outages of the store: one error for each outage, however many requests need the store.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::StoreError;

/// The shortest time between two messages that the store is full. It usually stays full for a while, and
/// still takes a proof now and then.
const FULL_INTERVAL: Duration = Duration::from_secs(60);

/// The state of the messages about the store.
#[derive(Debug, Default)]
pub(super) struct Reports {
    is_down: AtomicBool,
    /// When the log last said that the store is full.
    full: Mutex<Option<Instant>>,
}

impl Reports {
    /// Logs the beginning or the end of an outage.
    pub(super) fn observe<T>(&self, result: &Result<T, StoreError>) {
        match result {
            Ok(_) => self.answered(),
            Err(StoreError::Full) => self.report_full(),
            // One client has sent too much. Its refusals are in the log.
            Err(StoreError::FullForKey) => {}
            #[cfg(feature = "redis")]
            Err(error) => self.failed(error),
        }
    }

    /// Warns of a store that may forget what it has acknowledged.
    #[cfg(feature = "redis")]
    pub(super) fn warn_of_eviction(policy: &str) {
        log::warn!(
            "the store evicts entries when its memory is full (`maxmemory-policy {policy}`), so used \
             proofs and revocations may be forgotten: set `noeviction`"
        );
    }

    fn answered(&self) {
        // Most calls only read.
        if self.is_down.load(Ordering::Relaxed) && self.is_down.swap(false, Ordering::Relaxed) {
            log::info!("the store answers again");
        }
    }

    #[cfg(feature = "redis")]
    fn failed(&self, error: &StoreError) {
        if self.is_down.swap(true, Ordering::Relaxed) {
            log::debug!("the store still fails: {error}");
        } else {
            log::error!("the store fails, and requests that need it get 503: {error}");
        }
    }

    fn report_full(&self) {
        let mut full = self.full.lock().unwrap_or_else(PoisonError::into_inner);
        if full.is_none_or(|last| last.elapsed() >= FULL_INTERVAL) {
            *full = Some(Instant::now());
            log::error!("proofs get 503: {}", StoreError::Full);
        }
    }
}
