//! Provides the clock that tokens are checked against: the system's clock, which a test can move.

use std::time::SystemTime;

#[cfg(feature = "testing")]
use std::sync::atomic::{AtomicI64, Ordering};

/// The clock of an application.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    /// The number of milliseconds by which this clock is ahead of the system's clock.
    #[cfg(feature = "testing")]
    ahead: AtomicI64,
}

impl Clock {
    #[cfg(not(feature = "testing"))]
    #[expect(
        clippy::unused_self,
        reason = "the clock has state with the feature `testing`"
    )]
    pub(crate) fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    #[cfg(feature = "testing")]
    pub(crate) fn now(&self) -> SystemTime {
        moved(SystemTime::now(), self.ahead.load(Ordering::Relaxed))
    }

    /// Converts a time of this clock to that of the system's clock.
    #[cfg(not(feature = "testing"))]
    #[expect(
        clippy::unused_self,
        reason = "the clock has state with the feature `testing`"
    )]
    pub(crate) fn to_system_time(&self, time: SystemTime) -> SystemTime {
        time
    }

    /// Converts a time of this clock to that of the system's clock.
    #[cfg(feature = "testing")]
    pub(crate) fn to_system_time(&self, time: SystemTime) -> SystemTime {
        moved(time, self.ahead.load(Ordering::Relaxed).saturating_neg())
    }

    #[cfg(feature = "testing")]
    pub(crate) fn advance(&self, milliseconds: i64) {
        self.ahead.fetch_add(milliseconds, Ordering::Relaxed);
    }
}

/// Moves a time by this number of milliseconds, unless the result cannot be represented.
#[cfg(feature = "testing")]
fn moved(time: SystemTime, milliseconds: i64) -> SystemTime {
    let by = std::time::Duration::from_millis(milliseconds.unsigned_abs());
    let moved = if milliseconds < 0 {
        time.checked_sub(by)
    } else {
        time.checked_add(by)
    };
    moved.unwrap_or(time)
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn a_time_of_a_moved_clock_is_converted_back() {
        let clock = Clock::default();
        for milliseconds in [90_000, -3_600_000] {
            clock.advance(milliseconds);
            let by = clock.ahead.load(Ordering::Relaxed);
            let system = UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
            assert_eq!(clock.to_system_time(moved(system, by)), system);
        }
    }
}
