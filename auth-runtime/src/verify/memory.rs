//! Remembers verified tokens. A caller sends the same token with each request, so its signature need not
//! be verified each time.
//!
//! The memory is a table of sets, each of which holds a few entries. A token's hash leads to one
//! set, and there the whole token is compared byte by byte: a digest, or a key made from parts of a
//! token, could collide. The verifier checks on every use that the key set is still the one that
//! the token was verified with, and that the time is within the token's own.
//!
//! A reader waits for no lock and writes nothing that other threads read. Therefore many cores can read
//! one token that every request carries: each reader gets a copy, or what its thread holds ([`hot`]). Only
//! a thread that remembers a token takes a lock, and it gives up if another thread holds it. Entries that
//! nobody recalls go first: a hand passes over the table and removes each entry that was not recalled since
//! it last passed. `tests/benches/scale.rs` measures both.
//!
//! An entry does not hold the text of the claims, so a third more tokens fit. A reader decodes it from the
//! request's token, which has the same bytes and is in the cache of the processor already. That takes
//! about as long as copying the text from main memory.

mod hot;

use std::fmt;
use std::hash::BuildHasher as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use hashbrown::DefaultHashBuilder;

use self::hot::{Found, HotTokens};
use super::jws::Jws;
use crate::token::{AccessToken, Contents, Origin, Summary};

/// The entries of one set. Their addresses fill two cache lines.
const WAYS: usize = 16;
/// The size of an entry for which the table has a slot. Most entries are about five times as large, so few
/// sets overflow.
const BYTES_PER_SLOT: usize = 256;
/// The maximum number of sets.
const MAX_SETS: usize = 1 << 20;
/// The end of a token that is hashed. It belongs to the signature, and its 94 bits are as good as
/// random.
const HASHED_BYTES: usize = 16;
/// What an allocator adds to an allocation.
const ALLOCATION_BYTES: usize = 16;
/// The size of the two counters of an [`Arc`].
const ARC_BYTES: usize = 2 * size_of::<usize>();

/// Verified tokens, bounded in bytes.
pub(crate) struct Memory {
    sets: Box<[Set]>,
    hasher: DefaultHashBuilder,
    hot: HotTokens,
    /// Held while entries are added or removed.
    room: Mutex<Room>,
    /// The bytes that all entries together may take.
    capacity: usize,
}

#[repr(align(64))]
struct Set([Slot; WAYS]);

type Slot = ArcSwapOption<Entry>;

struct Entry {
    token: Box<str>,
    summary: Summary,
    hash: u64,
    /// Whether the entry was recalled since the hand passed last.
    is_used: AtomicBool,
}

/// How much room is left, and where the next entry to remove is looked for.
struct Room {
    bytes: usize,
    entries: usize,
    hand: usize,
}

impl Memory {
    /// Creates a memory of this size. Returns `None` for no bytes.
    pub(crate) fn with_capacity(bytes: u64) -> Option<Self> {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        if bytes == 0 {
            return None;
        }
        let sets = bytes / BYTES_PER_SLOT / WAYS;
        let sets = sets.next_power_of_two().min(MAX_SETS);
        let hot = HotTokens::within(bytes);
        let capacity = bytes.saturating_sub(sets * size_of::<Set>() + hot.max_bytes());
        Some(Self {
            sets: (0..sets).map(|_| Set(Default::default())).collect(),
            hasher: DefaultHashBuilder::default(),
            hot,
            room: Mutex::new(Room {
                bytes: capacity,
                entries: 0,
                hand: 0,
            }),
            capacity,
        })
    }

    /// Returns the token if it is remembered and what was verified is still current. A token that is
    /// not current is forgotten.
    pub(super) fn recall(
        &self,
        token: &str,
        is_current: impl Fn(&Origin) -> bool,
    ) -> Option<AccessToken> {
        let hash = self.hash(token);
        let found = self.hot.find(hash, token, &is_current);
        if let Found::Held(contents) = found {
            return Some(AccessToken::remembered(contents));
        }
        let contents = Arc::new(self.copy(hash, token, is_current)?);
        if let Found::Repeated = found {
            self.hot.hold(hash, token, &contents);
        }
        Some(AccessToken::remembered(contents))
    }

    /// Returns a copy of what the table has of a token, with the text of the claims from the token.
    fn copy(
        &self,
        hash: u64,
        token: &str,
        is_current: impl Fn(&Origin) -> bool,
    ) -> Option<Contents> {
        for slot in self.slots(hash) {
            let entry = slot.load();
            let Some(entry) = entry.as_ref().filter(|entry| entry.is(hash, token)) else {
                continue;
            };
            if !is_current(entry.summary.origin()) {
                self.forget(token);
                return None;
            }
            // Written once and not on every use: another core may be reading it.
            if !entry.is_used.load(Ordering::Relaxed) {
                entry.is_used.store(true, Ordering::Relaxed);
            }
            let text = Jws::split(token, token.len()).ok()?.payload().ok()?;
            return Some(entry.summary.restore(String::from_utf8(text).ok()?));
        }
        None
    }

    pub(super) fn forget(&self, token: &str) {
        let hash = self.hash(token);
        self.hot.forget(hash, token);
        let mut room = self.room.lock().unwrap_or_else(PoisonError::into_inner);
        for slot in self.slots(hash) {
            if is_in(slot, hash, token) {
                room.empty(slot);
            }
        }
    }

    /// Returns the number of tokens, and the bytes that they take.
    pub(crate) fn usage(&self) -> (usize, usize) {
        let room = self.room.lock().unwrap_or_else(PoisonError::into_inner);
        (room.entries, self.capacity - room.bytes)
    }

    /// Remembers a token whose payload was verified, unless another thread is adding one, the token is
    /// too large, or the other entries are recalled while room is made for it.
    pub(super) fn remember(&self, token: &str, verified: &AccessToken) {
        let hash = self.hash(token);
        self.hot.forget(hash, token);
        let Ok(mut room) = self.room.try_lock() else {
            return;
        };
        let entry = Arc::new(Entry {
            token: token.into(),
            summary: verified.contents().summary(),
            hash,
            is_used: AtomicBool::new(false),
        });
        let bytes = entry.bytes();
        let slot = slot_for(self.slots(hash), &entry);
        let Some(slot) = slot.filter(|_| bytes <= self.capacity) else {
            return;
        };
        room.empty(slot);
        if self.take_room(&mut room, bytes) {
            room.entries += 1;
            slot.store(Some(entry));
        }
    }

    /// Takes bytes from the room, and removes entries if there are too few. Returns whether there are
    /// enough then.
    fn take_room(&self, room: &mut Room, bytes: usize) -> bool {
        // Two rounds of the hand remove all entries except those that are recalled meanwhile.
        for _ in 0..=2 * self.sets.len() * WAYS {
            if let Some(rest) = room.bytes.checked_sub(bytes) {
                room.bytes = rest;
                return true;
            }
            self.pass_hand(room);
        }
        false
    }

    /// Moves the hand to the next slot, and empties it if its entry was not recalled recently.
    fn pass_hand(&self, room: &mut Room) {
        let slots = self.sets.len() * WAYS;
        let (set, way) = (room.hand / WAYS, room.hand % WAYS);
        room.hand = (room.hand + 1) % slots;
        let Some(slot) = self.sets.get(set).and_then(|set| set.0.get(way)) else {
            return;
        };
        let was_used = match &*slot.load() {
            Some(entry) => entry.is_used.swap(false, Ordering::Relaxed),
            None => true,
        };
        if !was_used {
            room.empty(slot);
        }
    }

    fn hash(&self, token: &str) -> u64 {
        let end = token.as_bytes().last_chunk::<HASHED_BYTES>();
        // A text that is shorter than a signature is never verified.
        let end = end.copied().unwrap_or_default();
        self.hasher.hash_one(u128::from_ne_bytes(end))
    }

    /// Returns the slots where a token with this hash may be. The hash decides with which one they
    /// start, so that the first is nearly always the right one.
    fn slots(&self, hash: u64) -> impl Iterator<Item = &Slot> {
        // The number of sets is a power of two.
        let mask = self.sets.len() as u64 - 1;
        let index = usize::try_from(hash & mask).unwrap_or_default();
        let set = self.sets.get(index).map_or(&[][..], |set| &set.0);
        let start = usize::try_from(hash >> 32).unwrap_or_default() % WAYS;
        let (last, first) = set.split_at_checked(start).unwrap_or_default();
        first.iter().chain(last)
    }
}

impl Room {
    fn empty(&mut self, slot: &Slot) {
        if let Some(entry) = slot.swap(None) {
            self.bytes += entry.bytes();
            self.entries -= 1;
        }
    }
}

impl Entry {
    fn is(&self, hash: u64, token: &str) -> bool {
        self.hash == hash && *self.token == *token
    }

    /// Returns the number of bytes that the entry takes, without its share of the table.
    fn bytes(&self) -> usize {
        ARC_BYTES
            + size_of::<Self>()
            + self.token.len()
            + self.summary.heap_bytes()
            + ALLOCATION_BYTES * (2 + self.summary.heap_allocations())
    }
}

/// Returns the slot for an entry: preferably that of the same token, then an empty one, then that of an
/// entry that was not recalled recently, then any.
fn slot_for<'s>(slots: impl Iterator<Item = &'s Slot>, new: &Entry) -> Option<&'s Slot> {
    let rank = |slot: &&'s Slot| match &*slot.load() {
        Some(entry) if entry.is(new.hash, &new.token) => 0,
        None => 1,
        Some(entry) if !entry.is_used.load(Ordering::Relaxed) => 2,
        Some(_) => 3,
    };
    slots.min_by_key(rank)
}

fn is_in(slot: &Slot, hash: u64, token: &str) -> bool {
    slot.load()
        .as_ref()
        .is_some_and(|entry| entry.is(hash, token))
}

/// Shows only the number of tokens.
impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slots = self.sets.iter().flat_map(|set| &set.0);
        let tokens = slots.filter(|slot| slot.load().is_some()).count();
        f.debug_struct("Memory")
            .field("tokens", &tokens)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
