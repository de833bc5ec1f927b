//! Tracks whether a copy of the shared revocations may be used.

use std::sync::atomic::{AtomicU8, Ordering};

#[derive(Debug)]
pub(super) struct Availability(AtomicU8);

/// The state of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum CopyState {
    /// Nothing has been loaded yet.
    Missing,
    Current,
    /// The store has been out of reach for too long.
    #[cfg(feature = "redis")]
    Stale,
}

impl Availability {
    pub(super) const fn without_copy() -> Self {
        Self(AtomicU8::new(CopyState::Missing as u8))
    }

    /// Creates the state of revocations that are not shared. They are always complete.
    pub(super) const fn always() -> Self {
        Self(AtomicU8::new(CopyState::Current as u8))
    }

    pub(super) fn may_serve(&self) -> bool {
        self.0.load(Ordering::Acquire) == CopyState::Current as u8
    }

    #[cfg(feature = "redis")]
    pub(super) fn set(&self, state: CopyState) {
        self.0.store(state as u8, Ordering::Release);
    }
}
