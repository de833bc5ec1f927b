//! Sets the gauges at regular intervals.

/// Calls the function every second, until it returns `false`. Must be called within a tokio runtime.
/// Without the feature `metrics`, it is never called.
pub(crate) fn sample(set_gauges: impl Fn() -> bool + Send + 'static) {
    #[cfg(feature = "metrics")]
    tokio::spawn(async move {
        while set_gauges() {
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        }
    });
    #[cfg(not(feature = "metrics"))]
    let _ = set_gauges;
}
