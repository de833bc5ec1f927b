//! Keeps the revocations in force. Requests read the set without a lock.
//!
//! The set has two layers. A change copies only the small one, so that adding a revocation to 100,000
//! others takes microseconds. When the small layer has grown, it is folded into the large one.

use std::fmt;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use hashbrown::{DefaultHashBuilder, HashTable};
use tokio::sync::watch;

use super::entry::{Identifiers, Kind, Name, Revocation};

/// The number of entries that the small layer may always have.
const MIN_RECENT: usize = 256;
/// The fraction of the large layer's entries that the small one may have beyond that.
const RECENT_FRACTION: usize = 16;

/// A set of revocations that only grows, except for entries that have expired.
pub(crate) struct RevocationSet {
    /// The number of entries, or slightly more.
    count: AtomicUsize,
    layers: ArcSwap<Layers>,
    /// The lock is held while the layers are replaced. Readers do not take it.
    writer: Mutex<()>,
    hasher: DefaultHashBuilder,
    changes: watch::Sender<()>,
}

#[derive(Clone, Default)]
struct Layers {
    settled: Arc<Table>,
    /// Entries that are newer than those of the same name in `settled`, or missing there.
    recent: Arc<Table>,
}

#[derive(Clone, Default)]
struct Table(HashTable<Arc<Hashed>>);

struct Hashed {
    hash: u64,
    revocation: Revocation,
}

impl Default for RevocationSet {
    fn default() -> Self {
        Self {
            count: AtomicUsize::new(0),
            layers: ArcSwap::default(),
            writer: Mutex::new(()),
            hasher: DefaultHashBuilder::default(),
            changes: watch::Sender::new(()),
        }
    }
}

impl RevocationSet {
    /// Returns whether a token with these identifiers is revoked at this second.
    pub(crate) fn hits(&self, token: &Identifiers<'_>, now: i64) -> bool {
        let layers = self.layers.load();
        token.values().any(|(kind, value)| {
            let hash = self.hash(kind, value);
            [&layers.recent, &layers.settled].into_iter().any(|table| {
                table
                    .find(hash, token.issuer, kind, value)
                    .is_some_and(|found| found.expires > now && found.hits(token.iat))
            })
        })
    }

    /// Adds these revocations to those of the set. Readers see all of them when this returns.
    pub(crate) fn merge(&self, revocations: impl IntoIterator<Item = Revocation>, now: i64) {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let layers = self.layers.load_full();
        let mut recent: Option<Table> = None;
        for revocation in revocations {
            let hash = self.hash(revocation.name.kind, &revocation.name.value);
            let recent_now = recent.as_ref().unwrap_or(&layers.recent);
            let known = recent_now
                .find_name(hash, &revocation.name)
                .or_else(|| layers.settled.find_name(hash, &revocation.name))
                .filter(|known| known.expires > now);
            if revocation.expires <= now || known.is_some_and(|known| known.covers(&revocation)) {
                continue;
            }
            let mut merged = revocation;
            if let Some(known) = known {
                merged.merge(known);
            }
            recent
                .get_or_insert_with(|| (*layers.recent).clone())
                .insert(Hashed {
                    hash,
                    revocation: merged,
                });
        }
        let Some(recent) = recent else { return };
        let mut layers = Layers {
            settled: Arc::clone(&layers.settled),
            recent: Arc::new(recent),
        };
        if layers.recent.len() > MIN_RECENT.max(layers.settled.len() / RECENT_FRACTION) {
            layers = layers.folded(now);
        }
        self.replace(layers);
        self.changes.send_replace(());
    }

    /// Drops the entries that have expired.
    pub(crate) fn sweep(&self, now: i64) {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let layers = self.layers.load_full();
        if layers
            .entries()
            .any(|entry| entry.revocation.expires <= now)
        {
            self.replace(layers.folded(now));
        }
    }

    /// Returns the entries that are in force and that a copy of the set with these entries lacks.
    #[cfg(any(test, feature = "redis"))]
    pub(crate) fn missing_from(&self, copy: Vec<Revocation>, now: i64) -> Vec<Revocation> {
        let other = Self {
            hasher: self.hasher.clone(),
            ..Self::default()
        };
        other.merge(copy, now);
        let theirs = other.layers.load();
        let ours = self.layers.load();
        let lacks = |entry: &&Arc<Hashed>| {
            let Hashed { hash, revocation } = &***entry;
            let found = theirs.find_name(*hash, &revocation.name);
            revocation.expires > now && !found.is_some_and(|found| found.covers(revocation))
        };
        ours.entries()
            .filter(lacks)
            .map(|entry| entry.revocation.clone())
            .collect()
    }

    /// Subscribes to changes.
    pub(crate) fn subscribe(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// Returns whether nothing is revoked. Requests then load only this number.
    pub(crate) fn is_empty(&self) -> bool {
        self.count.load(Ordering::Acquire) == 0
    }

    /// Returns the approximate number of entries, including expired ones that have not been swept
    /// yet.
    pub(crate) fn len(&self) -> usize {
        self.count.load(Ordering::Acquire)
    }

    /// Replaces the layers. The caller holds `writer`.
    fn replace(&self, layers: Layers) {
        // An entry that is in both layers is counted twice, which is harmless.
        let count = layers.recent.len() + layers.settled.len();
        self.layers.store(Arc::new(layers));
        self.count.store(count, Ordering::Release);
    }

    fn hash(&self, kind: Kind, value: &str) -> u64 {
        // The issuer need not be hashed, because few issuers share a value.
        self.hasher.hash_one((kind, value))
    }
}

impl Layers {
    /// Returns each entry once.
    fn entries(&self) -> impl Iterator<Item = &Arc<Hashed>> {
        let is_current = |entry: &&Arc<Hashed>| {
            let newer = self.recent.find_name(entry.hash, &entry.revocation.name);
            newer.is_none()
        };
        self.recent
            .0
            .iter()
            .chain(self.settled.0.iter().filter(is_current))
    }

    #[cfg(any(test, feature = "redis"))]
    fn find_name(&self, hash: u64, name: &Name) -> Option<&Revocation> {
        let recent = self.recent.find_name(hash, name);
        recent.or_else(|| self.settled.find_name(hash, name))
    }

    /// Combines both layers into one, without expired entries.
    fn folded(&self, now: i64) -> Self {
        let living = self
            .entries()
            .filter(|entry| entry.revocation.expires > now);
        let mut settled = HashTable::with_capacity(self.recent.len() + self.settled.len());
        for entry in living {
            settled.insert_unique(entry.hash, Arc::clone(entry), |entry| entry.hash);
        }
        Self {
            settled: Arc::new(Table(settled)),
            recent: Arc::default(),
        }
    }
}

impl Table {
    fn find(&self, hash: u64, issuer: &str, kind: Kind, value: &str) -> Option<&Revocation> {
        let is_it = |entry: &Arc<Hashed>| {
            let name = &entry.revocation.name;
            name.kind == kind && *name.value == *value && *name.issuer == *issuer
        };
        self.0.find(hash, is_it).map(|entry| &entry.revocation)
    }

    fn find_name(&self, hash: u64, name: &Name) -> Option<&Revocation> {
        self.find(hash, &name.issuer, name.kind, &name.value)
    }

    /// Inserts the entry, and replaces one of the same name.
    fn insert(&mut self, new: Hashed) {
        let is_it = |entry: &Arc<Hashed>| entry.revocation.name == new.revocation.name;
        match self.0.find_mut(new.hash, is_it) {
            Some(place) => *place = Arc::new(new),
            None => {
                self.0
                    .insert_unique(new.hash, Arc::new(new), |entry| entry.hash);
            }
        }
    }

    fn len(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Debug for RevocationSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RevocationSet")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
