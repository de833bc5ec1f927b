//! Provides the clock that tokens are checked against: the system's clock, which a test can move.

use std::time::SystemTime;

#[cfg(feature = "testing")]
use std::sync::atomic::{AtomicI64, Ordering};

#[derive(Debug, Default)]
pub(crate) struct Clock {
    /// The number of milliseconds by which it is ahead of the system's clock.
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
        use std::time::Duration;

        let now = SystemTime::now();
        let ahead = self.ahead.load(Ordering::Relaxed);
        let by = Duration::from_millis(ahead.unsigned_abs());
        let moved = if ahead < 0 {
            now.checked_sub(by)
        } else {
            now.checked_add(by)
        };
        moved.unwrap_or(now)
    }

    #[cfg(feature = "testing")]
    pub(crate) fn advance(&self, milliseconds: i64) {
        self.ahead.fetch_add(milliseconds, Ordering::Relaxed);
    }
}
