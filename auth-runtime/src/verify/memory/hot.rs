//! Holds the few tokens that a thread recalls again and again, such as the one that every request of a
//! service carries. Each thread has its own handles. Handing one out writes nothing that another core
//! reads, and copies and allocates nothing. `remembered` in `tests/benches/instructions.sh`
//! counts that, and `tests/benches/scale.rs` runs it in two threads.
//!
//! A token is compared as a whole, and the verifier checks it on each use, as in the rest of the
//! memory. Therefore all threads refuse a token at once if its key is withdrawn, whatever they hold.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use super::{ALLOCATION_BYTES, ARC_BYTES};
use crate::token::{Contents, Origin};

/// The number of tokens that one thread holds. The hash of a token decides its place.
const PLACES: usize = 4;
/// The size of the largest token that is held, so that all handles together stay within their part of the
/// memory.
const MAX_BYTES: usize = 2048;
/// All threads together get at most the memory divided by this number.
const SHARE: usize = 32;

/// What all threads hold.
pub(super) struct HotTokens {
    cores: usize,
    /// One lane for each core, or fewer if the memory is small. The threads of the other cores have none.
    lanes: Box<[Lane]>,
}

/// What one thread holds. If there are more threads than cores, some share a lane, and do without it
/// while another one uses it. Lanes are two cache lines apart, because processors load pairs of them.
#[repr(align(128))]
#[derive(Default)]
struct Lane(Mutex<[Place; PLACES]>);

#[derive(Default)]
struct Place {
    held: Option<Held>,
    /// The hash of the last token that was not found here. It is reset when the held token is found.
    candidate: Option<u64>,
}

struct Held {
    hash: u64,
    token: Box<str>,
    contents: Arc<Contents>,
}

/// What a thread finds in its place for a token.
pub(super) enum Found {
    Held(Arc<Contents>),
    /// The token is not held, but should be: it was also the last one that was not found in this place.
    Repeated,
    Nothing,
}

impl HotTokens {
    /// Sets aside a part of these bytes for each core.
    pub(super) fn within(bytes: usize) -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let lanes = cores.min(bytes / SHARE / Self::LANE_BYTES);
        Self {
            cores,
            lanes: (0..lanes).map(|_| Lane::default()).collect(),
        }
    }

    /// The maximum number of bytes that one lane takes.
    const LANE_BYTES: usize = size_of::<Lane>() + PLACES * MAX_BYTES;

    /// Returns the maximum number of bytes that all threads together take.
    pub(super) fn max_bytes(&self) -> usize {
        self.lanes.len() * Self::LANE_BYTES
    }

    /// Finds the token in this thread. One that is not current any more is dropped.
    #[inline]
    pub(super) fn find(
        &self,
        hash: u64,
        token: &str,
        is_current: impl FnOnce(&Origin) -> bool,
    ) -> Found {
        let Some(mut places) = self.lane() else {
            return Found::Nothing;
        };
        let place = place(&mut places, hash);
        if let Some(held) = &place.held
            && held.hash == hash
            && *held.token == *token
        {
            if is_current(held.contents.origin()) {
                place.candidate = None;
                return Found::Held(Arc::clone(&held.contents));
            }
            place.held = None;
        }
        if place.candidate == Some(hash) {
            return Found::Repeated;
        }
        place.candidate = Some(hash);
        Found::Nothing
    }

    /// Holds the token in this thread, unless it is too large.
    pub(super) fn hold(&self, hash: u64, token: &str, contents: &Arc<Contents>) {
        let bytes = ARC_BYTES + size_of::<Contents>() + token.len() + contents.heap_bytes();
        let allocations = 2 + contents.heap_allocations();
        if bytes + allocations * ALLOCATION_BYTES > MAX_BYTES {
            return;
        }
        if let Some(mut places) = self.lane() {
            let place = place(&mut places, hash);
            place.candidate = None;
            place.held = Some(Held {
                hash,
                token: token.into(),
                contents: Arc::clone(contents),
            });
        }
    }

    /// Drops the token from this thread.
    pub(super) fn forget(&self, hash: u64, token: &str) {
        if let Some(mut places) = self.lane() {
            let place = place(&mut places, hash);
            place.held.take_if(|held| *held.token == *token);
        }
    }

    fn lane(&self) -> Option<MutexGuard<'_, [Place; PLACES]>> {
        static THREADS: AtomicUsize = AtomicUsize::new(0);
        thread_local! {
            static THREAD: usize = THREADS.fetch_add(1, Ordering::Relaxed);
        }

        let index = THREAD.with(|thread| thread % self.cores);
        let Lane(places) = self.lanes.get(index)?;
        places.try_lock().ok()
    }
}

fn place(places: &mut [Place; PLACES], hash: u64) -> &mut Place {
    let index = usize::try_from(hash >> 48).unwrap_or_default() % PLACES;
    let [first, rest @ ..] = places;
    match index.checked_sub(1).and_then(|index| rest.get_mut(index)) {
        Some(place) => place,
        None => first,
    }
}

#[cfg(test)]
mod tests;
