//! Measures what happens between this process and the issuers: fetches of key sets and
//! introspections.

use std::time::Duration;

use super::catalogue::{INTROSPECTION_TIME, INTROSPECTIONS, KEY_FETCHES, KEY_SET_AGE, KEYS};
use super::meter::{Counter, Gauge, Histogram, Labels, Stopwatch, seconds};

/// Returns the label of an issuer, which is the first name of those that share their keys. A shared
/// secret may not have an issuer.
fn label(names: &[String]) -> Box<str> {
    names.first().map_or("none", String::as_str).into()
}

/// The keys of one issuer.
#[derive(Default)]
pub(crate) struct KeyMeter {
    issuer: Box<str>,
    succeeded: Counter,
    failed: Counter,
    keys: Gauge,
    age: Gauge,
}

impl KeyMeter {
    /// Measures the keys of the issuer with these names.
    pub(crate) fn new(names: &[String]) -> Self {
        Self {
            issuer: label(names),
            ..Self::default()
        }
    }

    /// Makes the counters of fetches visible.
    pub(crate) fn register_fetches(&self) {
        self.succeeded
            .register(&KEY_FETCHES, || self.outcome("succeeded"));
        self.failed
            .register(&KEY_FETCHES, || self.outcome("failed"));
    }

    pub(crate) fn fetch_ended(&self, succeeded: bool) {
        if succeeded {
            self.succeeded
                .increment(&KEY_FETCHES, || self.outcome("succeeded"));
        } else {
            self.failed
                .increment(&KEY_FETCHES, || self.outcome("failed"));
        }
    }

    pub(crate) fn set_keys(&self, count: usize) {
        self.keys.set(number(count), &KEYS, || self.labels());
    }

    pub(crate) fn set_age(&self, age: Duration) {
        self.age.set(seconds(age), &KEY_SET_AGE, || self.labels());
    }

    fn labels(&self) -> Labels<1> {
        [("issuer", self.issuer.to_string())]
    }

    fn outcome(&self, outcome: &str) -> Labels<2> {
        let [issuer] = self.labels();
        [issuer, ("outcome", outcome.to_owned())]
    }
}

/// The answer of an introspection endpoint about a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IntrospectionOutcome {
    Active,
    Inactive,
    /// It did not give a valid answer.
    Failed,
}

/// The introspection endpoint of one issuer.
#[derive(Default)]
pub(crate) struct IntrospectionMeter {
    issuer: Box<str>,
    outcomes: [Counter; 3],
    time: Histogram,
}

impl IntrospectionMeter {
    /// Measures the endpoint of the issuer with these names.
    pub(crate) fn new(names: &[String]) -> Self {
        Self {
            issuer: label(names),
            ..Self::default()
        }
    }

    /// Records that the endpoint was asked.
    pub(crate) fn asked(&self, outcome: IntrospectionOutcome, stopwatch: Stopwatch) {
        let name = match outcome {
            IntrospectionOutcome::Active => "active",
            IntrospectionOutcome::Inactive => "inactive",
            IntrospectionOutcome::Failed => "failed",
        };
        let issuer = || ("issuer", self.issuer.to_string());
        if let Some(counter) = self.outcomes.get(outcome as usize) {
            counter.increment(&INTROSPECTIONS, || [issuer(), ("outcome", name.to_owned())]);
        }
        self.time
            .record(stopwatch, &INTROSPECTION_TIME, || [issuer()]);
    }
}

/// Converts a count to the type of gauges.
#[expect(clippy::cast_precision_loss, reason = "exact below 2^53")]
pub(super) fn number(count: usize) -> f64 {
    count as f64
}

impl std::fmt::Debug for KeyMeter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("KeyMeter").field(&self.issuer).finish()
    }
}

impl std::fmt::Debug for IntrospectionMeter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("IntrospectionMeter")
            .field(&self.issuer)
            .finish()
    }
}
