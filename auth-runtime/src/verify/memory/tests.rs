mod room;

use std::collections::HashSet;
use std::{ptr, thread};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::token::ClaimNames;

/// Returns a token with this payload, as if it had been verified.
fn verified(payload: &str) -> AccessToken {
    AccessToken::unchecked(payload.to_owned(), &ClaimNames::default()).unwrap()
}

fn payload_of(subject: &str) -> String {
    format!(r#"{{"sub":"{subject}","exp":4000000000}}"#)
}

/// Returns the token of [`token_of`], as if it had been verified.
pub(super) fn of_subject(subject: &str) -> AccessToken {
    verified(&payload_of(subject))
}

fn encoded(header: &str, payload: &str, signature: &str) -> String {
    format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(payload))
}

/// Returns a token of this subject with any header and signature.
pub(super) fn signed(header: &str, subject: &str, signature: &str) -> String {
    encoded(header, &payload_of(subject), signature)
}

/// Returns a token whose signature differs from those of most other subjects.
pub(super) fn token_of(subject: &str) -> String {
    signed(
        "header",
        subject,
        &format!("{subject:s>HASHED_BYTES$.HASHED_BYTES$}"),
    )
}

/// Returns a token of this subject. These tokens all have the same hash, as they differ only before their
/// end.
pub(super) fn colliding(subject: &str) -> String {
    signed("header", subject, &"s".repeat(HASHED_BYTES))
}

fn remember(memory: &Memory, subject: &str) {
    memory.remember(&token_of(subject), &of_subject(subject));
}

/// Returns whether the token of this subject is remembered.
fn remembers(memory: &Memory, subject: &str) -> bool {
    let recalled = self::subject(memory, &token_of(subject));
    recalled
        .inspect(|recalled| assert_eq!(recalled, subject))
        .is_some()
}

/// Returns the subject of the token as it is remembered.
fn subject(memory: &Memory, token: &str) -> Option<String> {
    let recalled = memory.recall(token, |_| true)?;
    Some(recalled.subject().unwrap_or_default().to_owned())
}

/// Returns the bytes that this function allocates and does not free, with what the allocator adds to them.
pub(super) fn allocated(run: impl FnOnce()) -> usize {
    let measured = allocation_counter::measure(run);
    let [bytes, allocations] = [measured.bytes_current, measured.count_current]
        .map(|count| usize::try_from(count).unwrap());
    bytes + allocations * ALLOCATION_BYTES
}

impl Memory {
    fn all_slots(&self) -> impl Iterator<Item = &Slot> {
        self.sets.iter().flat_map(|set| &set.0)
    }

    fn entries(&self) -> usize {
        self.all_slots()
            .filter(|slot| slot.load().is_some())
            .count()
    }

    /// What all entries weigh, which has to be what is missing from the room.
    fn weight(&self) -> usize {
        let weights = self
            .all_slots()
            .filter_map(|slot| Some(slot.load().as_ref()?.bytes()));
        let weight = weights.sum();
        assert_eq!(weight, self.capacity - self.room.lock().unwrap().bytes);
        weight
    }
}

#[test]
fn tokens_that_differ_in_one_byte_are_different() {
    let memory = Memory::with_capacity(1 << 20).unwrap();
    let token = &*token_of("me");
    memory.remember(token, &of_subject("me"));
    for place in 0..token.len() {
        let mut other = token.to_owned();
        other.replace_range(place..=place, "_");
        assert_eq!(subject(&memory, &other), None, "{other}");
    }
    for other in [&token[1..], &token[..token.len() - 1], &format!("{token}A")] {
        assert_eq!(subject(&memory, other), None, "{other}");
    }
    assert_eq!(subject(&memory, token).as_deref(), Some("me"));
}

/// fast-jwt's GHSA-rp9m-7r4c-75qg: an entry whose name was not the whole token handed out another
/// caller's claims.
#[test]
fn tokens_with_the_same_hash_are_distinguished() {
    let memory = Memory::with_capacity(1 << 20).unwrap();
    let token = |index: usize| colliding(&index.to_string());
    for index in 0..WAYS {
        memory.remember(&token(index), &of_subject(&index.to_string()));
    }
    for index in 0..WAYS {
        assert_eq!(subject(&memory, &token(index)), Some(index.to_string()));
    }
    // A set that is full gives up an entry.
    memory.remember(&token(WAYS), &of_subject(&WAYS.to_string()));
    assert_eq!(subject(&memory, &token(WAYS)), Some(WAYS.to_string()));
    assert_eq!(memory.entries(), WAYS);
}

#[test]
fn only_one_of_the_tokens_with_the_same_hash_is_forgotten() {
    let memory = Memory::with_capacity(1 << 20).unwrap();
    let token = |index: usize| colliding(&index.to_string());
    for index in 0..WAYS {
        memory.remember(&token(index), &of_subject(&index.to_string()));
    }
    memory.forget(&token(0));
    assert_eq!(memory.usage(), (WAYS - 1, memory.weight()));
    assert_eq!(subject(&memory, &token(0)), None);
    for index in 1..WAYS {
        assert_eq!(subject(&memory, &token(index)), Some(index.to_string()));
    }
}

/// Therefore most tokens are found in the first slot that is compared.
#[test]
fn each_slot_is_the_first_one_for_some_token() {
    let memory = Memory::with_capacity((4 * WAYS * BYTES_PER_SLOT) as u64).unwrap();
    let tokens = (0..5_000).map(|index| token_of(&index.to_string()));
    let first: HashSet<_> = tokens
        .filter_map(|token| memory.slots(memory.hash(&token)).next().map(ptr::from_ref))
        .collect();
    assert_eq!(first, memory.all_slots().map(ptr::from_ref).collect());
}

#[test]
fn each_of_many_tokens_is_recalled_with_its_own_claims() {
    let memory = Memory::with_capacity(64 << 20).unwrap();
    for index in 0..5_000 {
        remember(&memory, &index.to_string());
        assert!(remembers(&memory, &index.to_string()));
    }
    for index in 0..5_000 {
        assert!(remembers(&memory, &index.to_string()));
    }
}

#[test]
fn a_token_that_is_used_outlasts_those_that_are_not() {
    let memory = Memory::with_capacity(64 << 10).unwrap();
    remember(&memory, "used");
    for index in 0..20_000 {
        assert!(remembers(&memory, "used"), "{index}");
        remember(&memory, &index.to_string());
    }
}

#[test]
fn what_is_recalled_says_the_same_as_what_was_verified() {
    let payload = r#"{"sub":"\u0061","scope":"b c","permissions":["d","\n"],"roles":["e"],
        "cnf":{},"exp":4000000000,"x":[1,"\u00e9"]}"#;
    let (memory, token) = (
        Memory::with_capacity(1 << 20).unwrap(),
        encoded("header", payload, "signature"),
    );
    let verified = verified(payload);
    memory.remember(&token, &verified);
    let recalled = memory.recall(&token, |_| true).unwrap();
    for token in [&verified, &recalled] {
        let claims = serde_json::to_value(token.claims()).unwrap();
        assert_eq!(claims, serde_json::from_str::<Value>(payload).unwrap());
        assert_eq!(token.subject(), Some("a"));
        assert_eq!(token.scopes().collect::<Vec<_>>(), ["b", "c"]);
        assert_eq!(token.permissions().collect::<Vec<_>>(), ["d", "\n"]);
        assert_eq!(token.roles().collect::<Vec<_>>(), ["e"]);
        assert!(token.confirmation().is_some());
        assert_eq!(token.expires(), Some(4e9));
        assert_eq!(
            token.claim("/x/1").and_then(|value| value.as_str()),
            Some("é")
        );
    }
}

#[test]
fn a_token_that_is_remembered_again_takes_its_own_place() {
    let memory = Memory::with_capacity(1 << 20).unwrap();
    remember(&memory, "a");
    let weight = memory.weight();
    remember(&memory, "a");
    assert_eq!((memory.entries(), memory.weight()), (1, weight));
    assert_eq!(memory.usage(), (1, weight));
    memory.forget(&token_of("a"));
    assert_eq!(memory.usage(), (0, 0));
    remember(&memory, "a");
    assert!(remembers(&memory, "a"));
}

#[test]
fn readers_take_no_lock_and_writers_do_not_wait_for_one() {
    let memory = Memory::with_capacity(1 << 20).unwrap();
    remember(&memory, "known");
    let room = memory.room.lock().unwrap();
    assert!(remembers(&memory, "known"));
    remember(&memory, "new");
    assert!(!remembers(&memory, "new"));
    drop(room);
    remember(&memory, "new");
    assert!(remembers(&memory, "new"));
}

#[test]
fn threads_that_remember_recall_and_forget_never_mix_tokens_up() {
    let memory = Memory::with_capacity(16 << 10).unwrap();
    thread::scope(|scope| {
        for offset in 0..4_usize {
            let memory = &memory;
            scope.spawn(move || {
                for step in 0..5_000 {
                    let index = ((step * 7 + offset * 11) % 60).to_string();
                    if !remembers(memory, &index) {
                        remember(memory, &index);
                    }
                    if step % 13 == 0 {
                        memory.forget(&token_of(&index));
                    }
                }
            });
        }
    });
    assert!(memory.weight() <= memory.capacity);
}

#[test]
fn debug_shows_no_token_and_no_claim() {
    let memory = Memory::with_capacity(1 << 20).unwrap();
    remember(&memory, "a-subject");
    assert_eq!(format!("{memory:?}"), "Memory { tokens: 1, .. }");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The weights add up whatever happens, and only what was remembered is recalled.
    #[test]
    fn the_memory_recalls_only_what_was_remembered_and_not_forgotten(
        steps in prop::collection::vec((0..10_usize, 0..3_u8, 0..4_usize), 1..200),
    ) {
        let memory = Memory::with_capacity(8 << 10).unwrap();
        let mut remembered = HashSet::new();
        for (index, action, size) in steps {
            let subject = format!("{index}.{}", "x".repeat(size * 700));
            match action {
                0 => {
                    remember(&memory, &subject);
                    remembered.insert(subject.clone());
                }
                1 => {
                    memory.forget(&token_of(&subject));
                    remembered.remove(&subject);
                }
                _ => {}
            }
            if remembers(&memory, &subject) {
                prop_assert!(remembered.contains(&subject));
            }
            prop_assert!(memory.weight() <= memory.capacity);
        }
    }
}
