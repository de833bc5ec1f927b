//! Stores the state that the instances of an API share. This module knows neither Rocket nor tokens.
//!
//! [`Store`] is the only access to it. [`Memory`] covers one process, and [`Redis`] is shared by
//! every process that uses the same database.

mod log;
mod memory;
#[cfg(feature = "redis")]
mod redis;
mod reports;
mod shared;

use std::future::Future;
use std::time::SystemTime;

use aws_lc_rs::digest::{Context, SHA256};

#[cfg(any(test, feature = "redis"))]
pub(crate) use self::log::Position;
#[cfg(feature = "redis")]
pub(crate) use self::log::{News, Snapshot};
pub(crate) use self::log::{Once, Record};
pub(crate) use self::memory::Memory;
#[cfg(feature = "redis")]
pub(crate) use self::redis::{Feed, Redis, RedisAddress};
pub(crate) use self::shared::{Backend, SharedStore};

/// A place for the state that instances share.
pub(crate) trait Store {
    /// Records the use of a DPoP proof, in one atomic step.
    ///
    /// # Errors
    /// Fails if the store cannot be reached or is full. The proof must then be refused.
    fn record_proof(
        &self,
        proof: &UsedProof,
    ) -> impl Future<Output = Result<Recorded, StoreError>> + Send;

    /// Appends records to the log that all processes follow.
    ///
    /// # Errors
    /// Fails if the store has not acknowledged all of them. It may have stored some nevertheless.
    fn append(&self, records: &[Record]) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Appends records on behalf of something that may be used once, in one atomic step. Until it is
    /// [settled](Self::settle), it can be used again, because its user may not have received the
    /// answer.
    ///
    /// # Errors
    /// Fails in the same cases as [`append`](Self::append).
    fn append_once(
        &self,
        once: &Once,
        records: &[Record],
    ) -> impl Future<Output = Result<Recorded, StoreError>> + Send;

    /// Ensures that it cannot be used again.
    ///
    /// # Errors
    /// Fails if the store cannot be reached.
    fn settle(&self, once: &Once) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// The result of recording a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recorded {
    Now,
    /// The same key has used the same `jti` before.
    Before,
}

/// The reason why the store did not do what it was asked.
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
    /// Returns whether the store answers but refuses to write, for example because it is full.
    pub(crate) fn is_refused_write(&self) -> bool {
        match self {
            // Only an answer of the server has a code.
            Self::Redis(error) => error.code().is_some(),
            Self::Full | Self::FullForKey | Self::Paused => false,
        }
    }
}

/// How many used proofs a store keeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProofLimits {
    pub(crate) total: usize,
    /// The limit for a single key, so that one client cannot fill the store for all others.
    pub(crate) per_key: usize,
}

impl ProofLimits {
    /// Limits all proofs to this number, and those of one key to a tenth of it, but at least one.
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
/// A collision would refuse a valid proof, but never accept a used one. The first is expected after
/// 2⁶⁴ proofs.
pub(crate) type ShortDigest = [u8; 16];

impl UsedProof {
    /// Identifies the proof with this `jti` of the key with this thumbprint. It is too old from
    /// `until` on.
    pub(crate) fn new(
        thumbprint: &[u8; 32],
        jti: &str,
        now: SystemTime,
        until: SystemTime,
    ) -> Self {
        Self {
            key: short_digest(&[thumbprint]),
            // The length of the thumbprint is fixed, so no two pairs give the same bytes.
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
