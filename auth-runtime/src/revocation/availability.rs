//! Tracks until when a copy of the shared revocations may be used, and how old it is.

use std::sync::atomic::{AtomicI64, Ordering};
#[cfg(any(test, feature = "redis"))]
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

#[cfg(any(test, feature = "redis"))]
use tokio::time::Instant;

/// The value of `serves_until` for a copy that does not exist or is too old.
const NEVER: i64 = i64::MIN;
/// The value of `serves_until` for revocations that are not shared.
const ALWAYS: i64 = i64::MAX;

/// Whether a copy of the revocations may be used.
#[derive(Debug)]
pub(super) struct Availability {
    /// The last second since 1970 in which the copy may be used. Each request compares its own time,
    /// because the monotonic clock, and every task, stops while the machine is suspended.
    serves_until: AtomicI64,
    /// When the copy was last known to be current. Held to read or to write it.
    #[cfg(any(test, feature = "redis"))]
    current_at: Mutex<Option<Instant>>,
}

/// A copy that may be used.
#[cfg(any(test, feature = "redis"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Current {
    /// When the copy was last known to be current.
    pub(super) at: Instant,
    /// The last second since 1970 in which it may be used.
    pub(super) serves_until: i64,
}

impl Availability {
    const fn new(serves_until: i64) -> Self {
        Self {
            serves_until: AtomicI64::new(serves_until),
            #[cfg(any(test, feature = "redis"))]
            current_at: Mutex::new(None),
        }
    }

    pub(super) const fn without_copy() -> Self {
        Self::new(NEVER)
    }

    /// Creates the state of revocations that are not shared. They are always complete.
    pub(super) const fn always() -> Self {
        Self::new(ALWAYS)
    }

    /// Returns whether the copy may be used in this second since 1970, which is only read if that
    /// decides.
    #[inline]
    pub(super) fn may_serve(&self, now: impl FnOnce() -> i64) -> bool {
        match self.serves_until.load(Ordering::Acquire) {
            ALWAYS => true,
            NEVER => false,
            until => now() <= until,
        }
    }

    /// Notes when the copy was current, and until when it may be used.
    #[cfg(any(test, feature = "redis"))]
    pub(super) fn set_current(&self, current: Current) {
        let mut current_at = self
            .current_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *current_at = Some(current.at);
        drop(current_at);
        self.serves_until
            .store(current.serves_until, Ordering::Release);
    }

    /// Notes that the copy is too old to serve. Returns whether that is news.
    #[cfg(any(test, feature = "redis"))]
    pub(super) fn set_stale(&self) -> bool {
        self.serves_until.swap(NEVER, Ordering::AcqRel) != NEVER
    }

    /// Returns whether the copy has not been noted as too old.
    #[cfg(any(test, feature = "redis"))]
    pub(super) fn is_in_use(&self) -> bool {
        self.serves_until.load(Ordering::Acquire) != NEVER
    }

    /// Returns the time since the copy was last known to be current. `None` without a copy.
    #[cfg(any(test, feature = "redis"))]
    pub(super) fn age(&self) -> Option<Duration> {
        let current_at = self
            .current_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        current_at.map(|at| at.elapsed())
    }

    /// Returns `None`, because without the feature `redis` there is no copy.
    #[cfg(not(any(test, feature = "redis")))]
    #[expect(clippy::unused_self, reason = "with the feature it has a state")]
    pub(super) fn age(&self) -> Option<Duration> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revocations_that_are_not_shared_serve_at_any_time() {
        let availability = Availability::always();
        assert!([0, 1, i64::MAX].map(|now| availability.may_serve(|| now)) == [true; 3]);
    }

    #[test]
    fn nothing_serves_without_a_copy() {
        let availability = Availability::without_copy();
        assert!([0, 1, i64::MAX].map(|now| availability.may_serve(|| now)) == [false; 3]);
    }

    #[test]
    fn a_copy_serves_until_its_second_or_until_it_is_noted_as_too_old() {
        let availability = Availability::without_copy();
        assert!(!availability.set_stale(), "it was never in use");
        let current = Current {
            at: Instant::now(),
            serves_until: 1000,
        };
        availability.set_current(current);
        assert!(availability.may_serve(|| 1000));
        // Nobody has noted anything yet, because all tasks were suspended.
        assert!(!availability.may_serve(|| 1001));
        assert!(availability.is_in_use());
        // The monotonic clock says that it is too old.
        assert!(availability.set_stale());
        assert!(!availability.set_stale(), "an outage is noted once");
        assert!(!availability.may_serve(|| 1000));
        availability.set_current(current);
        assert!(availability.may_serve(|| 1000));
    }
}
