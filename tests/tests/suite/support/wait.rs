//! Waits for conditions instead of times.

use std::time::Duration;

/// Waits until the condition holds. Fails after a minute, so that a test does not hang.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let tries = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let held = tokio::time::timeout(Duration::from_secs(60), tries).await;
    assert!(held.is_ok(), "did not happen: {what}");
}
