//! Tracks whether a copy of the shared revocations may be used, and how old it is.

use std::sync::atomic::{AtomicU8, Ordering};
#[cfg(feature = "redis")]
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

#[cfg(feature = "redis")]
use tokio::time::Instant;

#[derive(Debug)]
pub(super) struct Availability {
    state: AtomicU8,
    /// When the copy was last known to be current. Held to read or to write it.
    #[cfg(feature = "redis")]
    current_at: Mutex<Option<Instant>>,
}

/// The state of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum CopyState {
    /// Nothing has been loaded yet.
    Missing,
    Current,
    /// The store has been out of reach for too long.
    #[cfg(feature = "redis")]
    Stale,
}

impl Availability {
    const fn new(state: CopyState) -> Self {
        Self {
            state: AtomicU8::new(state as u8),
            #[cfg(feature = "redis")]
            current_at: Mutex::new(None),
        }
    }

    pub(super) const fn without_copy() -> Self {
        Self::new(CopyState::Missing)
    }

    /// Creates the state of revocations that are not shared. They are always complete.
    pub(super) const fn always() -> Self {
        Self::new(CopyState::Current)
    }

    pub(super) fn may_serve(&self) -> bool {
        self.state.load(Ordering::Acquire) == CopyState::Current as u8
    }

    /// Notes that the copy was current at this time.
    #[cfg(feature = "redis")]
    pub(super) fn set_current(&self, at: Instant) {
        let mut current_at = self
            .current_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *current_at = Some(at);
        drop(current_at);
        self.state
            .store(CopyState::Current as u8, Ordering::Release);
    }

    /// Notes that the copy is too old to serve.
    #[cfg(feature = "redis")]
    pub(super) fn set_stale(&self) {
        self.state.store(CopyState::Stale as u8, Ordering::Release);
    }

    /// Returns the time since the copy was last known to be current. `None` without a copy.
    #[cfg(feature = "redis")]
    pub(super) fn age(&self) -> Option<Duration> {
        let current_at = self
            .current_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        current_at.map(|at| at.elapsed())
    }

    /// Returns `None`, because without the feature `redis` there is no copy.
    #[cfg(not(feature = "redis"))]
    #[expect(clippy::unused_self, reason = "with the feature it has a state")]
    pub(super) fn age(&self) -> Option<Duration> {
        None
    }
}
