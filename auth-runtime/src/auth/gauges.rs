//! Sets the gauges of a running application.

use std::sync::Arc;

use super::{Auth, Inner};
use crate::jwks::KeySet;
use crate::telemetry::{KeyMeter, StateMeter, sample};

impl Auth {
    /// Keeps the gauges current as long as the application runs.
    pub(super) fn keep_gauges(&self) {
        let issuers = self.issuers().iter();
        let keys: Vec<_> = issuers.map(|issuer| KeyMeter::new(&issuer.names)).collect();
        let state = StateMeter::default();
        let application = Arc::downgrade(&self.0);
        sample(move || {
            let application = application.upgrade();
            if let Some(application) = &application {
                application.set_gauges(&keys, &state);
            }
            application.is_some()
        });
    }
}

impl Inner {
    fn set_gauges(&self, keys: &[KeyMeter], state: &StateMeter) {
        for (meter, issuer) in keys.iter().zip(&self.verifier.issuers) {
            let current = issuer.keys.current();
            meter.set_keys(current.set().map_or(0, KeySet::len));
            if let Some(age) = issuer.keys.health().age {
                meter.set_age(age);
            }
        }
        if let Some(memory) = &self.verifier.memory {
            let (tokens, bytes) = memory.usage();
            state.set_remembered(tokens, bytes);
        }
        if let Some(registry) = &self.registry {
            let (count, age) = registry.size_and_age();
            state.set_revocations(count, age);
        }
    }
}
