//! Provides a bounded table whose entries expire, for codes, tokens and sessions.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The maximum number of entries in a table. Nobody needs more for development.
const MAX_ENTRIES: usize = 10_000;

/// A table in which every entry has the same lifetime. If the table is full, the oldest entry is
/// removed.
pub(super) struct Expiring<V> {
    lifetime: Duration,
    entries: Mutex<Entries<V>>,
}

struct Entries<V> {
    values: HashMap<String, V>,
    /// The keys with the end of their lives. The oldest comes first.
    order: VecDeque<(Instant, String)>,
}

impl<V> Expiring<V> {
    pub(super) fn new(lifetime: Duration) -> Self {
        Self {
            lifetime,
            entries: Mutex::new(Entries {
                values: HashMap::new(),
                order: VecDeque::new(),
            }),
        }
    }

    /// Adds an entry. One with the same key is replaced, and lives no longer for that.
    pub(super) fn insert(&self, key: String, value: V) {
        let mut entries = self.entries();
        if let Some(entry) = entries.values.get_mut(&key) {
            *entry = value;
            return;
        }
        if entries.values.len() >= MAX_ENTRIES
            && let Some((_, oldest)) = entries.order.pop_front()
        {
            entries.values.remove(&oldest);
        }
        let until = Instant::now() + self.lifetime;
        entries.order.push_back((until, key.clone()));
        entries.values.insert(key, value);
    }

    /// Lets a function read and change an entry that has not expired.
    pub(super) fn with<T>(&self, key: &str, change: impl FnOnce(&mut V) -> T) -> Option<T> {
        self.entries().values.get_mut(key).map(change)
    }

    pub(super) fn contains(&self, key: &str) -> bool {
        self.with(key, |_| ()).is_some()
    }

    fn entries(&self) -> MutexGuard<'_, Entries<V>> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        while entries
            .order
            .front()
            .is_some_and(|(until, _)| *until <= now)
        {
            if let Some((_, key)) = entries.order.pop_front() {
                entries.values.remove(&key);
            }
        }
        entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_gone_when_its_life_ends() {
        let table = Expiring::new(Duration::ZERO);
        table.insert("a".to_owned(), 1);
        assert!(!table.contains("a"));
        let table = Expiring::new(Duration::from_secs(3600));
        table.insert("a".to_owned(), 1);
        assert_eq!(table.with("a", |value| *value), Some(1));
    }

    #[test]
    fn a_full_table_forgets_its_oldest_entry() {
        let table = Expiring::new(Duration::from_secs(3600));
        for key in 0..=MAX_ENTRIES {
            table.insert(key.to_string(), ());
        }
        assert!(!table.contains("0"));
        assert!(table.contains("1"));
        assert!(table.contains(&MAX_ENTRIES.to_string()));
        assert_eq!(table.entries().values.len(), MAX_ENTRIES);
        // A key that is known takes no place of another.
        table.insert("1".to_owned(), ());
        assert!(table.contains("1"));
        assert!(table.contains("2"));
    }
}
