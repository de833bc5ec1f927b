//! Provides counters, gauges and histograms. This is the only file that knows the crate `metrics`.
//! Without the feature of that name, they have no size, and their methods do nothing.
//!
//! The first use of a meter asks the recorder for a handle, which is kept. After that, an event costs
//! an atomic operation and no lookup.

#[cfg(feature = "metrics")]
use std::sync::OnceLock;
use std::time::Duration;
#[cfg(feature = "metrics")]
use std::time::Instant;

use super::catalogue::Metric;
#[cfg(feature = "metrics")]
use super::catalogue::{ALL, Kind, Unit};

/// The names and values of labels.
pub(super) type Labels<const N: usize> = [(&'static str, String); N];

#[derive(Default)]
pub(super) struct Counter(#[cfg(feature = "metrics")] OnceLock<::metrics::Counter>);

#[derive(Default)]
pub(super) struct Gauge(#[cfg(feature = "metrics")] OnceLock<::metrics::Gauge>);

#[derive(Default)]
pub(super) struct Histogram(#[cfg(feature = "metrics")] OnceLock<::metrics::Histogram>);

/// The time since its creation.
#[derive(Clone, Copy)]
pub(crate) struct Stopwatch(#[cfg(feature = "metrics")] Instant);

/// Describes the metrics to the recorder.
pub(super) fn describe() {
    #[cfg(feature = "metrics")]
    for metric in ALL {
        let unit = match metric.unit {
            Unit::Count => ::metrics::Unit::Count,
            Unit::Seconds => ::metrics::Unit::Seconds,
            Unit::Bytes => ::metrics::Unit::Bytes,
        };
        match metric.kind {
            Kind::Counter => {
                ::metrics::describe_counter!(metric.name, unit, metric.description);
            }
            Kind::Gauge => ::metrics::describe_gauge!(metric.name, unit, metric.description),
            Kind::Histogram => {
                ::metrics::describe_histogram!(metric.name, unit, metric.description);
            }
        }
    }
}

#[cfg(feature = "metrics")]
fn labels<const N: usize>(labels: Labels<N>) -> Vec<::metrics::Label> {
    let label = |(name, value)| ::metrics::Label::new(name, value);
    labels.into_iter().map(label).collect()
}

#[cfg_attr(
    not(feature = "metrics"),
    expect(
        clippy::unused_self,
        reason = "the meters have no state without the feature `metrics`"
    )
)]
impl Counter {
    /// Makes the counter visible before its first event.
    pub(super) fn register<const N: usize>(
        &self,
        metric: &Metric,
        names: impl FnOnce() -> Labels<N>,
    ) {
        self.add(0, metric, names);
    }

    pub(super) fn increment<const N: usize>(
        &self,
        metric: &Metric,
        names: impl FnOnce() -> Labels<N>,
    ) {
        self.add(1, metric, names);
    }

    #[inline]
    fn add<const N: usize>(&self, count: u64, metric: &Metric, names: impl FnOnce() -> Labels<N>) {
        #[cfg(feature = "metrics")]
        self.0
            .get_or_init(|| ::metrics::counter!(metric.name, labels(names())))
            .increment(count);
        #[cfg(not(feature = "metrics"))]
        let _ = (count, metric, names);
    }
}

#[cfg_attr(
    not(feature = "metrics"),
    expect(
        clippy::unused_self,
        reason = "the meters have no state without the feature `metrics`"
    )
)]
impl Gauge {
    pub(super) fn set<const N: usize>(
        &self,
        value: f64,
        metric: &Metric,
        names: impl FnOnce() -> Labels<N>,
    ) {
        #[cfg(feature = "metrics")]
        self.0
            .get_or_init(|| ::metrics::gauge!(metric.name, labels(names())))
            .set(value);
        #[cfg(not(feature = "metrics"))]
        let _ = (value, metric, names);
    }
}

#[cfg_attr(
    not(feature = "metrics"),
    expect(
        clippy::unused_self,
        reason = "the meters have no state without the feature `metrics`"
    )
)]
impl Histogram {
    #[inline]
    pub(super) fn record<const N: usize>(
        &self,
        stopwatch: Stopwatch,
        metric: &Metric,
        names: impl FnOnce() -> Labels<N>,
    ) {
        #[cfg(feature = "metrics")]
        self.0
            .get_or_init(|| ::metrics::histogram!(metric.name, labels(names())))
            .record(stopwatch.0.elapsed());
        #[cfg(not(feature = "metrics"))]
        let _ = (stopwatch, metric, names);
    }
}

impl Stopwatch {
    #[inline]
    pub(crate) fn start() -> Self {
        Self(
            #[cfg(feature = "metrics")]
            Instant::now(),
        )
    }
}

/// Converts a duration to seconds in the type of gauges.
pub(super) fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}
