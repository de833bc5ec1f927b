//! Waiting for a condition rather than for a time.

use std::time::Duration;

/// Asks again until the answer is yes. Gives up only where a test would hang.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let tries = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let held = tokio::time::timeout(Duration::from_secs(60), tries).await;
    assert!(held.is_ok(), "never came: {what}");
}
