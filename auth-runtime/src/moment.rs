//! Measures time with two clocks. The monotonic clock stops while the machine is suspended, and the
//! wall clock can be set. An age is always the greater of the two.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// A moment on both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// The time since the clocks were started.
    pub(crate) monotonic: Duration,
    /// The time since 1970.
    pub(crate) wall: Duration,
}

/// The system's clocks.
#[derive(Debug)]
pub(crate) struct Clocks {
    start: Instant,
    wall: fn() -> SystemTime,
}

impl Moment {
    /// Returns the moment that is this much later on both clocks.
    pub(crate) fn after(self, duration: Duration) -> Self {
        Self {
            monotonic: self.monotonic.saturating_add(duration),
            wall: self.wall.saturating_add(duration),
        }
    }

    /// Returns whether this moment has come by either clock.
    pub(crate) fn has_come(self, now: Self) -> bool {
        self.left(now).is_zero()
    }

    /// Returns the time until this moment, by the clock that reaches it first.
    pub(crate) fn left(self, now: Self) -> Duration {
        let monotonic = self.monotonic.saturating_sub(now.monotonic);
        let wall = self.wall.saturating_sub(now.wall);
        monotonic.min(wall)
    }

    /// Returns the time since this moment, by the clock on which more time has passed.
    pub(crate) fn age(self, now: Self) -> Duration {
        let monotonic = now.monotonic.saturating_sub(self.monotonic);
        let wall = now.wall.saturating_sub(self.wall);
        monotonic.max(wall)
    }

    /// Returns the earlier of two moments on each clock.
    pub(crate) fn earlier(self, other: Self) -> Self {
        Self {
            monotonic: self.monotonic.min(other.monotonic),
            wall: self.wall.min(other.wall),
        }
    }

    /// Returns the later of two moments on each clock.
    pub(crate) fn later(self, other: Self) -> Self {
        Self {
            monotonic: self.monotonic.max(other.monotonic),
            wall: self.wall.max(other.wall),
        }
    }
}

impl Clocks {
    pub(crate) fn start() -> Self {
        Self::with_wall(SystemTime::now)
    }

    pub(crate) fn with_wall(wall: fn() -> SystemTime) -> Self {
        Self {
            start: Instant::now(),
            wall,
        }
    }

    pub(crate) fn now(&self) -> Moment {
        Moment {
            monotonic: self.start.elapsed(),
            wall: self.wall(),
        }
    }

    /// Returns the time since 1970 by the wall clock.
    pub(crate) fn wall(&self) -> Duration {
        (self.wall)().duration_since(UNIX_EPOCH).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(monotonic: u64, wall: u64) -> Moment {
        Moment {
            monotonic: Duration::from_secs(monotonic),
            wall: Duration::from_secs(wall),
        }
    }

    #[test]
    fn a_moment_has_come_when_the_first_clock_reaches_it() {
        let moment = at(10, 100).after(Duration::from_secs(5));
        assert_eq!(moment, at(15, 105));
        assert!(!moment.has_come(at(14, 104)));
        assert!(moment.has_come(at(15, 104)));
        assert!(moment.has_come(at(14, 105)));
        assert_eq!(moment.left(at(14, 102)), Duration::from_secs(1));
    }

    #[test]
    fn an_age_is_the_greater_of_both_clocks() {
        let moment = at(10, 100);
        assert_eq!(moment.age(at(12, 101)).as_secs(), 2);
        assert_eq!(moment.age(at(11, 150)).as_secs(), 50);
        // The wall clock was set back.
        assert_eq!(moment.age(at(13, 40)).as_secs(), 3);
    }

    #[test]
    fn a_duration_that_overflows_is_cut_to_the_longest_time() {
        let moment = at(1, 1).after(Duration::MAX);
        assert!(!moment.has_come(at(u64::MAX, u64::MAX)));
    }
}
