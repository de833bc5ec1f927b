//! The state that the instances of an API share. Knows neither Rocket nor tokens.
//!
//! [`Store`] is the one trait through which it goes. [`Memory`] covers one process; [`Redis`] is
//! shared by every process that uses the same database.

mod log;
mod memory;
#[cfg(feature = "redis")]
mod redis;
mod reports;

use std::fmt;
use std::future::Future;
use std::time::{Duration, SystemTime};

use aws_lc_rs::digest::{Context, SHA256};

#[cfg(any(test, feature = "redis"))]
pub(crate) use self::log::Position;
#[cfg(feature = "redis")]
pub(crate) use self::log::{News, Snapshot};
pub(crate) use self::log::{Once, Record};
use self::memory::Memory;
#[cfg(feature = "redis")]
pub(crate) use self::redis::{Feed, Redis, RedisAddress};
use self::reports::Reports;

/// What instances share.
pub(crate) trait Store {
    /// Records the use of a DPoP proof, in one atomic step.
    ///
    /// # Errors
    /// If the store cannot be asked or is full. The proof must not pass then.
    fn record_proof(
        &self,
        proof: &UsedProof,
    ) -> impl Future<Output = Result<Recorded, StoreError>> + Send;

    /// Appends records to the log that all processes follow.
    ///
    /// # Errors
    /// If the store has not acknowledged all of them. It may still have some.
    fn append(&self, records: &[Record]) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Appends records in the name of something that may be used once, in one atomic step. Until
    /// it is [settled](Self::settle), it can be used again: its user may not have seen the answer.
    ///
    /// # Errors
    /// As for [`append`](Self::append).
    fn append_once(
        &self,
        once: &Once,
        records: &[Record],
    ) -> impl Future<Output = Result<Recorded, StoreError>> + Send;

    /// Makes sure that it is not used again.
    ///
    /// # Errors
    /// If the store cannot be asked.
    fn settle(&self, once: &Once) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Whether a proof was recorded by this call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recorded {
    Now,
    /// The same key has used the same `jti` before.
    Before,
}

/// Why the store gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("it holds as many used proofs as `dpop_max_proofs` allows")]
    Full,
    #[error("it holds as many used proofs of one key as a tenth of `dpop_max_proofs` allows")]
    FullForKey,
    #[cfg(feature = "redis")]
    #[error("{0}")]
    Redis(#[from] ::redis::RedisError),
    #[cfg(feature = "redis")]
    #[error("it could not be reached a moment ago")]
    Paused,
}

#[cfg(feature = "redis")]
impl StoreError {
    /// Whether the store answers but does not take a write, because it is full for example.
    pub(crate) fn is_refused_write(&self) -> bool {
        match self {
            // Only an answer has a code.
            Self::Redis(error) => error.code().is_some(),
            Self::Full | Self::FullForKey | Self::Paused => false,
        }
    }
}

/// How many used proofs a store keeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProofLimits {
    pub(crate) total: usize,
    /// For a single key, so that one client cannot fill the store for all others.
    pub(crate) per_key: usize,
}

impl ProofLimits {
    /// One key may use a tenth of the total, and at least one proof.
    pub(crate) fn new(total: usize) -> Self {
        Self {
            total,
            per_key: (total / 10).max(1),
        }
    }
}

/// A DPoP proof that is about to be used.
#[derive(Debug)]
pub(crate) struct UsedProof {
    key: ShortDigest,
    id: ShortDigest,
    now: SystemTime,
    until: SystemTime,
}

/// The first half of a SHA-256 digest.
///
/// A collision would refuse a good proof and never accept a used one. It takes 2⁶⁴ proofs of one
/// process to expect the first.
pub(crate) type ShortDigest = [u8; 16];

impl UsedProof {
    /// The proof with this `jti` of the key with this thumbprint. It is too old from `until` on.
    pub(crate) fn new(
        thumbprint: &[u8; 32],
        jti: &str,
        now: SystemTime,
        until: SystemTime,
    ) -> Self {
        Self {
            key: short_digest(&[thumbprint]),
            // The thumbprint's length is fixed: no two pairs give the same bytes.
            id: short_digest(&[thumbprint, jti.as_bytes()]),
            now,
            until,
        }
    }
}

fn short_digest(parts: &[&[u8]]) -> ShortDigest {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let digest = context.finish();
    digest.as_ref().first_chunk().copied().unwrap_or_default()
}

/// The configured store, and what the log says about it.
pub(crate) struct SharedStore {
    backend: Backend,
    reports: Reports,
}

enum Backend {
    Memory(Memory),
    #[cfg(feature = "redis")]
    Redis(Box<Redis>),
}

impl SharedStore {
    /// When a refused request is worth another try.
    pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(1);

    /// Returns a store for this process only.
    pub(crate) fn memory(limits: ProofLimits) -> Self {
        Self::new(Backend::Memory(Memory::new(limits)))
    }

    /// Returns a store that every process with this address shares. It does not connect yet.
    #[cfg(feature = "redis")]
    pub(crate) fn redis(address: &RedisAddress, limits: ProofLimits) -> Self {
        Self::new(Backend::Redis(Box::new(Redis::new(address, limits))))
    }

    fn new(backend: Backend) -> Self {
        Self {
            backend,
            reports: Reports::default(),
        }
    }

    /// Returns the Redis, if that is the store.
    #[cfg(feature = "redis")]
    pub(crate) fn as_redis(&self) -> Option<&Redis> {
        match &self.backend {
            Backend::Memory(_) => None,
            Backend::Redis(redis) => Some(redis),
        }
    }

    /// Asks the store for a sign of life. The log says if there is none, or if the store may forget what
    /// it has acknowledged.
    #[cfg_attr(
        not(feature = "redis"),
        expect(clippy::unused_async, reason = "with the feature it waits")
    )]
    pub(crate) async fn check(&self) {
        match &self.backend {
            Backend::Memory(_) => {}
            #[cfg(feature = "redis")]
            Backend::Redis(redis) => {
                if self.reports.observe(redis.check().await).is_ok()
                    && let Some(policy) = redis.eviction_policy().await
                {
                    Reports::evicts_by(&policy);
                }
            }
        }
    }

    /// Whether other processes see what is recorded here.
    pub(crate) fn is_shared(&self) -> bool {
        match self.backend {
            Backend::Memory(_) => false,
            #[cfg(feature = "redis")]
            Backend::Redis(_) => true,
        }
    }
}

impl Store for SharedStore {
    async fn record_proof(&self, proof: &UsedProof) -> Result<Recorded, StoreError> {
        self.reports.observe(match &self.backend {
            Backend::Memory(memory) => memory.record_proof(proof).await,
            // Boxed, because every request allocates the future that holds it.
            #[cfg(feature = "redis")]
            Backend::Redis(redis) => Box::pin(redis.record_proof(proof)).await,
        })
    }

    async fn append(&self, records: &[Record]) -> Result<(), StoreError> {
        self.reports.observe(match &self.backend {
            Backend::Memory(memory) => memory.append(records).await,
            #[cfg(feature = "redis")]
            Backend::Redis(redis) => redis.append(records).await,
        })
    }

    async fn append_once(&self, once: &Once, records: &[Record]) -> Result<Recorded, StoreError> {
        self.reports.observe(match &self.backend {
            Backend::Memory(memory) => memory.append_once(once, records).await,
            #[cfg(feature = "redis")]
            Backend::Redis(redis) => redis.append_once(once, records).await,
        })
    }

    async fn settle(&self, once: &Once) -> Result<(), StoreError> {
        self.reports.observe(match &self.backend {
            Backend::Memory(memory) => memory.settle(once).await,
            #[cfg(feature = "redis")]
            Backend::Redis(redis) => redis.settle(once).await,
        })
    }
}

/// The address may hold a password.
impl fmt::Debug for SharedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.backend {
            Backend::Memory(_) => "Memory",
            #[cfg(feature = "redis")]
            Backend::Redis(_) => "Redis",
        })
    }
}
