//! What operators see beside the log, with a real recorder.

mod dashboard;
mod decisions;
mod labels;
mod metrics;
mod observers;
mod seed_app;
mod shadow;
mod state;
mod traces;

use std::collections::BTreeMap;

use ::metrics::LocalRecorderGuard;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

/// The recorder of one test. A test runs on one thread, and so do the application and its tasks, so
/// that no other test writes to it.
struct Recorder {
    handle: PrometheusHandle,
    _installed: LocalRecorderGuard<'static>,
}

impl Recorder {
    /// Installs a recorder until it is dropped.
    fn install() -> Self {
        let recorder = Box::leak(Box::new(PrometheusBuilder::new().build_recorder()));
        Self {
            handle: recorder.handle(),
            _installed: ::metrics::set_default_local_recorder(recorder),
        }
    }

    /// Returns each series of this metric and its value. The name is left out.
    fn series(&self, metric: &str) -> BTreeMap<String, f64> {
        series(&self.handle.render(), metric)
    }

    /// Returns the value of a series, such as `auth_keys{issuer="a"}`, if there is one.
    fn value(&self, series: &str) -> Option<f64> {
        value(&self.handle.render(), series)
    }
}

fn series(text: &str, metric: &str) -> BTreeMap<String, f64> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let (series, value) = line.rsplit_once(' ')?;
            let labels = series.strip_prefix(metric)?;
            let is_whole_name = labels.is_empty() || labels.starts_with('{');
            is_whole_name.then(|| (labels.to_owned(), value.parse().unwrap()))
        })
        .collect()
}

fn value(text: &str, series: &str) -> Option<f64> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.rsplit_once(' '))
        .find(|(name, _)| *name == series)
        .map(|(_, value)| value.parse().unwrap())
}

/// Returns a map of expected series.
fn expected<const N: usize>(series: [(&str, f64); N]) -> BTreeMap<String, f64> {
    let series = series.into_iter();
    series
        .map(|(labels, value)| (labels.to_owned(), value))
        .collect()
}
