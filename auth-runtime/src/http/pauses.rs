//! Computes the pauses while an endpoint fails.

use std::time::Duration;

/// The pause after the first failure. It doubles with each further failure.
const MIN_PAUSE: Duration = Duration::from_millis(500);
const MAX_PAUSE: Duration = Duration::from_secs(30);

/// Returns the pause after this many failures in a row, with up to 100 % jitter: `chance` is from 0
/// to 1.
pub(crate) fn pause(failures: u32, chance: f64) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    let pause = MIN_PAUSE.saturating_mul(1 << doublings).min(MAX_PAUSE);
    pause.mul_f64(1.0 + chance)
}
