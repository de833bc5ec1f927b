//! Measures what this process keeps: remembered tokens, its copy of the revocations, and the shared
//! store.

use std::time::Duration;

use super::catalogue::{
    REMEMBERED_BYTES, REMEMBERED_TOKENS, REVOCATIONS, REVOCATIONS_AGE, STORE_ERRORS,
};
use super::issuers::number;
use super::meter::{Counter, Gauge, seconds};

/// The remembered tokens and the revocations.
#[derive(Default)]
pub(crate) struct StateMeter {
    tokens: Gauge,
    bytes: Gauge,
    revocations: Gauge,
    age: Gauge,
}

impl StateMeter {
    pub(crate) fn set_remembered(&self, tokens: usize, bytes: usize) {
        self.tokens.set(number(tokens), &REMEMBERED_TOKENS, || []);
        self.bytes.set(number(bytes), &REMEMBERED_BYTES, || []);
    }

    pub(crate) fn set_revocations(&self, count: usize, age: Option<Duration>) {
        self.revocations.set(number(count), &REVOCATIONS, || []);
        if let Some(age) = age {
            self.age.set(seconds(age), &REVOCATIONS_AGE, || []);
        }
    }
}

/// The shared store.
#[derive(Default)]
pub(crate) struct StoreMeter(Counter);

impl StoreMeter {
    /// Creates a meter that operators see before the first error.
    pub(crate) fn registered() -> Self {
        let meter = Self::default();
        meter.0.register(&STORE_ERRORS, || []);
        meter
    }

    /// Records that the store did not perform an operation.
    pub(crate) fn failed(&self) {
        self.0.increment(&STORE_ERRORS, || []);
    }
}
