//! Implements the store for a single process. It forgets everything when the process ends.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use super::{Once, ProofLimits, Record, Recorded, ShortDigest, Store, StoreError, UsedProof};

/// The store of a single process.
pub(crate) struct Memory {
    limits: ProofLimits,
    /// The lock is held for a few look-ups, never while waiting.
    proofs: Mutex<Proofs>,
    /// What has been used, and the time from which it need not be remembered.
    settled: Mutex<HashMap<ShortDigest, SystemTime>>,
}

/// The used proofs. 100,000 of them take less than 16 MiB.
#[derive(Default)]
struct Proofs {
    used: HashSet<ShortDigest>,
    per_key: HashMap<ShortDigest, u32>,
    /// The time, the id and the key of each proof. The next one to forget comes first.
    by_expiry: BinaryHeap<Reverse<(SystemTime, ShortDigest, ShortDigest)>>,
}

impl Memory {
    pub(crate) fn new(limits: ProofLimits) -> Self {
        Self {
            limits,
            proofs: Mutex::default(),
            settled: Mutex::default(),
        }
    }
}

impl Store for Memory {
    async fn record_proof(&self, proof: &UsedProof) -> Result<Recorded, StoreError> {
        let mut proofs = self.proofs.lock().unwrap_or_else(PoisonError::into_inner);
        proofs.forget_expired(proof.now);
        proofs.record(proof, self.limits)
    }

    /// Does nothing, because the process keeps its own copy of the log, and no other process follows
    /// this store.
    async fn append(&self, _: &[Record]) -> Result<(), StoreError> {
        Ok(())
    }

    async fn append_once(&self, once: &Once, _: &[Record]) -> Result<Recorded, StoreError> {
        let mut settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        settled.retain(|_, until| *until > once.now);
        Ok(if settled.contains_key(&once.id) {
            Recorded::Before
        } else {
            Recorded::Now
        })
    }

    async fn settle(&self, once: &Once) -> Result<(), StoreError> {
        let mut settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        settled.insert(once.id, once.until);
        Ok(())
    }
}

impl Proofs {
    fn record(&mut self, proof: &UsedProof, limits: ProofLimits) -> Result<Recorded, StoreError> {
        if self.used.contains(&proof.id) {
            return Ok(Recorded::Before);
        }
        if self.used.len() >= limits.total {
            return Err(StoreError::Full);
        }
        let count = self.per_key.entry(proof.key).or_default();
        if usize::try_from(*count).is_ok_and(|count| count >= limits.per_key) {
            return Err(StoreError::FullForKey);
        }
        *count += 1;
        self.used.insert(proof.id);
        self.by_expiry
            .push(Reverse((proof.until, proof.id, proof.key)));
        Ok(Recorded::Now)
    }

    fn forget_expired(&mut self, now: SystemTime) {
        while let Some(next) = self.by_expiry.peek()
            && next.0.0 <= now
            && let Some(Reverse((_, id, key))) = self.by_expiry.pop()
        {
            self.used.remove(&id);
            if let Entry::Occupied(mut count) = self.per_key.entry(key) {
                *count.get_mut() -= 1;
                if *count.get() == 0 {
                    count.remove();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: SystemTime = SystemTime::UNIX_EPOCH;

    fn at(seconds: u64) -> SystemTime {
        NOW + Duration::from_secs(seconds)
    }

    /// Records a proof that is too old from second `until` on.
    async fn record(memory: &Memory, key: u8, jti: &str, now: u64, until: u64) -> &'static str {
        let proof = UsedProof::new(&[key; 32], jti, at(now), at(until));
        match memory.record_proof(&proof).await {
            Ok(Recorded::Now) => "now",
            Ok(Recorded::Before) => "before",
            Err(StoreError::Full) => "full",
            Err(_) => "full for the key",
        }
    }

    #[tokio::test]
    async fn a_proof_is_recorded_once_until_it_is_too_old() {
        let memory = Memory::new(ProofLimits::new(100));
        assert_eq!(record(&memory, 1, "a", 0, 60).await, "now");
        assert_eq!(record(&memory, 1, "a", 0, 60).await, "before");
        assert_eq!(record(&memory, 1, "a", 59, 60).await, "before");
        assert_eq!(record(&memory, 1, "a", 60, 120).await, "now");
    }

    #[tokio::test]
    async fn proofs_with_different_keys_or_ids_are_different() {
        let memory = Memory::new(ProofLimits::new(100));
        assert_eq!(record(&memory, 1, "a", 0, 60).await, "now");
        assert_eq!(record(&memory, 2, "a", 0, 60).await, "now");
        assert_eq!(record(&memory, 1, "b", 0, 60).await, "now");
    }

    #[tokio::test]
    async fn one_key_may_use_a_tenth_and_nothing_is_evicted_early() {
        let memory = Memory::new(ProofLimits::new(20));
        for jti in ["a", "b"] {
            assert_eq!(record(&memory, 1, jti, 0, 60).await, "now");
        }
        assert_eq!(record(&memory, 1, "c", 0, 60).await, "full for the key");
        assert_eq!(record(&memory, 1, "a", 0, 60).await, "before");
        for key in 2..=10 {
            for jti in ["a", "b"] {
                assert_eq!(record(&memory, key, jti, 0, 60).await, "now");
            }
        }
        assert_eq!(record(&memory, 11, "a", 0, 60).await, "full");
        assert_eq!(record(&memory, 10, "b", 59, 60).await, "before");
        // All of them are too old now, so there is room again.
        assert_eq!(record(&memory, 1, "c", 60, 120).await, "now");
        assert_eq!(memory.proofs.lock().unwrap().per_key.len(), 1);
    }

    #[test]
    fn a_hundred_thousand_proofs_take_less_than_16_mib() {
        const PROOFS: usize = 100_000;

        let proof = |index: usize| {
            let mut key = [0; 32];
            // Each of another key, which takes the most.
            key[..8].copy_from_slice(&index.to_le_bytes());
            UsedProof::new(&key, "id", at(0), at(60))
        };
        let mut recorded = 0;
        let measured = allocation_counter::measure(|| {
            let mut proofs = Proofs::default();
            let limits = ProofLimits::new(PROOFS);
            for index in 0..PROOFS {
                let record = proofs.record(&proof(index), limits);
                recorded += usize::from(matches!(record, Ok(Recorded::Now)));
            }
            assert!(matches!(
                proofs.record(&proof(PROOFS), limits),
                Err(StoreError::Full)
            ));
            drop(proofs);
        });
        assert_eq!(recorded, PROOFS);
        assert!(measured.bytes_max < 16 << 20, "{measured:?}");
    }

    #[tokio::test]
    async fn proofs_are_forgotten_by_their_own_expiry_not_by_their_order() {
        let memory = Memory::new(ProofLimits::new(100));
        assert_eq!(record(&memory, 1, "late", 0, 90).await, "now");
        assert_eq!(record(&memory, 1, "early", 0, 30).await, "now");
        assert_eq!(record(&memory, 1, "late", 60, 90).await, "before");
        assert_eq!(record(&memory, 1, "early", 60, 90).await, "now");
    }
}
