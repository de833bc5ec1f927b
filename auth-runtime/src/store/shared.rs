//! Provides the store that the configuration names, and counts and logs its failures.

use std::fmt;
use std::time::Duration;

#[cfg(feature = "redis")]
use super::Redis;
use super::reports::Reports;
use super::{Memory, Once, Record, Recorded, Store, StoreError, UsedProof};
use crate::telemetry::StoreMeter;

/// The configured store.
pub(crate) struct SharedStore {
    backend: Backend,
    meter: StoreMeter,
    reports: Reports,
}

/// Where a store keeps its state.
pub(crate) enum Backend {
    Memory(Memory),
    #[cfg(feature = "redis")]
    Redis(Box<Redis>),
}

impl SharedStore {
    /// How long clients should wait after a request was refused because of the store.
    pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(1);

    pub(crate) fn new(backend: Backend) -> Self {
        Self {
            backend,
            meter: StoreMeter::registered(),
            reports: Reports::default(),
        }
    }

    /// Checks that the store answers and does not forget what it has acknowledged. Otherwise, it logs a
    /// message.
    pub(crate) async fn check(&self) {
        let answers = self.observe(self.backend.check().await).is_ok();
        #[cfg(feature = "redis")]
        if answers
            && let Some(redis) = self.redis()
            && let Some(policy) = redis.eviction_policy().await
        {
            Reports::warn_of_eviction(&policy);
        }
        #[cfg(not(feature = "redis"))]
        let _ = answers;
    }

    /// Returns whether other processes see what is recorded here.
    pub(crate) fn is_shared(&self) -> bool {
        match self.backend {
            Backend::Memory(_) => false,
            #[cfg(feature = "redis")]
            Backend::Redis(_) => true,
        }
    }

    /// Returns the Redis, if it is one.
    #[cfg(feature = "redis")]
    pub(crate) fn redis(&self) -> Option<&Redis> {
        match &self.backend {
            Backend::Memory(_) => None,
            Backend::Redis(redis) => Some(redis),
        }
    }

    /// Counts an error. Whoever works with the [Redis](Self::redis) itself passes its results here.
    pub(crate) fn count<T>(&self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if result.is_err() {
            self.note_failure();
        }
        result
    }

    /// Counts an error, and logs the first one of an outage.
    fn observe<T>(&self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        self.reports.observe(&result);
        self.count(result)
    }

    /// Counts an operation that the store did not perform.
    pub(crate) fn note_failure(&self) {
        self.meter.failed();
    }
}

impl Store for SharedStore {
    async fn record_proof(&self, proof: &UsedProof) -> Result<Recorded, StoreError> {
        self.observe(self.backend.record_proof(proof).await)
    }

    async fn append(&self, records: &[Record]) -> Result<(), StoreError> {
        self.observe(self.backend.append(records).await)
    }

    async fn append_once(&self, once: &Once, records: &[Record]) -> Result<Recorded, StoreError> {
        self.observe(self.backend.append_once(once, records).await)
    }

    async fn settle(&self, once: &Once) -> Result<(), StoreError> {
        self.observe(self.backend.settle(once).await)
    }
}

impl Backend {
    #[cfg_attr(
        not(feature = "redis"),
        expect(clippy::unused_async, reason = "it awaits with the feature `redis`")
    )]
    async fn check(&self) -> Result<(), StoreError> {
        match self {
            Self::Memory(_) => Ok(()),
            #[cfg(feature = "redis")]
            Self::Redis(redis) => redis.check().await,
        }
    }
}

impl Store for Backend {
    async fn record_proof(&self, proof: &UsedProof) -> Result<Recorded, StoreError> {
        match self {
            Self::Memory(memory) => memory.record_proof(proof).await,
            // This future is boxed, because every request allocates a future of its size.
            #[cfg(feature = "redis")]
            Self::Redis(redis) => Box::pin(redis.record_proof(proof)).await,
        }
    }

    async fn append(&self, records: &[Record]) -> Result<(), StoreError> {
        match self {
            Self::Memory(memory) => memory.append(records).await,
            #[cfg(feature = "redis")]
            Self::Redis(redis) => redis.append(records).await,
        }
    }

    async fn append_once(&self, once: &Once, records: &[Record]) -> Result<Recorded, StoreError> {
        match self {
            Self::Memory(memory) => memory.append_once(once, records).await,
            #[cfg(feature = "redis")]
            Self::Redis(redis) => redis.append_once(once, records).await,
        }
    }

    async fn settle(&self, once: &Once) -> Result<(), StoreError> {
        match self {
            Self::Memory(memory) => memory.settle(once).await,
            #[cfg(feature = "redis")]
            Self::Redis(redis) => redis.settle(once).await,
        }
    }
}

/// Hides the address, which may hold a password.
impl fmt::Debug for SharedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.backend {
            Backend::Memory(_) => "Memory",
            #[cfg(feature = "redis")]
            Backend::Redis(_) => "Redis",
        })
    }
}
