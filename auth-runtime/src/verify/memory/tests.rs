use std::thread;

use proptest::prelude::*;

use super::*;
use crate::token::ClaimNames;

/// Returns a token with this payload, as if it had been verified.
fn verified(payload: &str) -> AccessToken {
    AccessToken::unchecked(payload.to_owned(), &ClaimNames::default()).unwrap()
}

fn of_subject(subject: &str) -> AccessToken {
    verified(&format!(r#"{{"sub":"{subject}","exp":4000000000}}"#))
}

/// Returns the subject of the token as it is remembered.
fn subject(memory: &Memory, token: &str) -> Option<String> {
    let recalled = memory.recall(token, |_| true)?;
    Some(recalled.subject().unwrap_or_default().to_owned())
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
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl";
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
/// caller's claims. The hash of these tokens is the same, as they differ only before their end.
#[test]
fn tokens_with_the_same_hash_are_distinguished() {
    let memory = Memory::with_capacity(1 << 20).unwrap();
    let token = |index: usize| format!("{index}.{}", "s".repeat(HASHED_BYTES));
    for index in 0..WAYS {
        memory.remember(&token(index), &of_subject(&index.to_string()));
    }
    for index in 0..WAYS {
        assert_eq!(subject(&memory, &token(index)), Some(index.to_string()));
    }
    // A set that is full gives up an entry.
    memory.remember(&token(WAYS), &of_subject("last"));
    assert_eq!(subject(&memory, &token(WAYS)).as_deref(), Some("last"));
    assert_eq!(memory.entries(), WAYS);
}

#[test]
fn each_of_many_tokens_is_recalled_with_its_own_claims() {
    let memory = Memory::with_capacity(64 << 20).unwrap();
    let token = |index: usize| format!("header.{index}.signature");
    for index in 0..5_000 {
        memory.remember(&token(index), &of_subject(&index.to_string()));
    }
    for index in 0..5_000 {
        assert_eq!(subject(&memory, &token(index)), Some(index.to_string()));
    }
}

/// The tokens are as large as those of Auth0, with their usual claims.
#[test]
fn ten_thousand_tokens_fit_into_the_default_of_16_mib() {
    let memory = Memory::with_capacity(16 << 20).unwrap();
    let claims = |index: usize| {
        verified(&format!(
            r#"{{"iss":"https://tenant.eu.auth0.com/","sub":"auth0|5f7c8ec7c33c6c00{index:08}","aud":["https://api.example.com","https://tenant.eu.auth0.com/userinfo"],"iat":1700000000,"exp":4000000000,"azp":"my_client_id_0123456789abcdefghi","scope":"openid profile email read:messages write:messages","gty":"password","permissions":["read:messages","write:messages"]}}"#
        ))
    };
    let token = |index: usize| format!("{}{index:0HASHED_BYTES$x}", "t".repeat(869 - HASHED_BYTES));
    for index in 0..10_000 {
        memory.remember(&token(index), &claims(index));
    }
    let missing = (0..10_000).filter(|index| subject(&memory, &token(*index)).is_none());
    assert_eq!(missing.count(), 0, "of {} remembered", memory.entries());
}

/// Keycloak's CVE-2025-2559: a memory that only time empties can be filled.
#[test]
fn it_stays_within_its_bytes_however_many_tokens_there_are() {
    for bytes in [4 << 10, 64 << 10, 1 << 20] {
        let memory = Memory::with_capacity(bytes as u64).unwrap();
        for index in 0..20_000 {
            memory.remember(&format!("header.{index:0400}.s"), &of_subject("someone"));
        }
        let weight = memory.weight();
        assert!(weight <= bytes, "{weight} of {bytes}");
        let entries = memory.entries();
        assert!(entries * 400 <= bytes, "{entries}, {bytes}");
        assert!(entries >= bytes / 2048, "{entries}, {bytes}");
    }
}

#[test]
fn a_token_that_is_used_outlasts_those_that_are_not() {
    let memory = Memory::with_capacity(64 << 10).unwrap();
    memory.remember("used", &of_subject("me"));
    for index in 0..20_000 {
        assert_eq!(subject(&memory, "used").as_deref(), Some("me"), "{index}");
        memory.remember(&format!("header.{index}.signature"), &of_subject("once"));
    }
}

#[test]
fn a_token_that_is_larger_than_all_of_it_is_not_held() {
    let memory = Memory::with_capacity(1 << 10).unwrap();
    let token = "x".repeat(2 << 10);
    memory.remember(&token, &of_subject("me"));
    assert_eq!(subject(&memory, &token), None);
    assert_eq!(memory.weight(), 0);
}

#[test]
fn claims_and_grants_are_part_of_the_weight() {
    let weight = |payload: &str| {
        let memory = Memory::with_capacity(1 << 20).unwrap();
        memory.remember("header.payload.signature", &verified(payload));
        memory.weight()
    };
    let short = weight(r#"{"exp":4000000000}"#);
    let long = weight(&format!(
        r#"{{"exp":4000000000,"x":"{}"}}"#,
        "x".repeat(1000)
    ));
    assert!(long >= short + 1000);
    let scopes = weight(&format!(
        r#"{{"exp":4000000000,"scope":"{}"}}"#,
        "x ".repeat(500)
    ));
    assert!(scopes >= long + 500 * 8);
}

#[test]
fn a_token_that_is_remembered_again_takes_its_own_place() {
    let memory = Memory::with_capacity(1 << 20).unwrap();
    memory.remember("token", &of_subject("a"));
    let weight = memory.weight();
    memory.remember("token", &of_subject("b"));
    assert_eq!((memory.entries(), memory.weight()), (1, weight));
    assert_eq!(memory.usage(), (1, weight));
    memory.forget("token");
    assert_eq!(memory.usage(), (0, 0));
    memory.remember("token", &of_subject("b"));
    assert_eq!(subject(&memory, "token").as_deref(), Some("b"));
}

#[test]
fn readers_take_no_lock_and_writers_do_not_wait_for_one() {
    let memory = Memory::with_capacity(1 << 20).unwrap();
    memory.remember("known", &of_subject("me"));
    let room = memory.room.lock().unwrap();
    assert_eq!(subject(&memory, "known").as_deref(), Some("me"));
    memory.remember("new", &of_subject("you"));
    assert_eq!(subject(&memory, "new"), None);
    drop(room);
    memory.remember("new", &of_subject("you"));
    assert_eq!(subject(&memory, "new").as_deref(), Some("you"));
}

#[test]
fn threads_that_remember_recall_and_forget_never_mix_tokens_up() {
    let memory = Memory::with_capacity(16 << 10).unwrap();
    thread::scope(|scope| {
        for offset in 0..4_usize {
            let memory = &memory;
            scope.spawn(move || {
                for step in 0..5_000 {
                    let index = (step * 7 + offset * 11) % 60;
                    let token = format!("header.{index}.signature");
                    match subject(memory, &token) {
                        Some(subject) => assert_eq!(subject, index.to_string()),
                        None => memory.remember(&token, &of_subject(&index.to_string())),
                    }
                    if step % 13 == 0 {
                        memory.forget(&token);
                    }
                }
            });
        }
    });
    assert!(memory.weight() <= memory.capacity);
}

#[test]
fn an_entry_may_fill_the_memory_exactly() {
    let large = Memory::with_capacity(1 << 20).unwrap();
    large.remember("token", &of_subject("a"));
    let bytes = large.weight() + size_of::<Set>();
    let memory = Memory::with_capacity(bytes as u64).unwrap();
    assert_eq!(memory.capacity, large.weight());
    for token in ["token", "other"] {
        memory.remember(token, &of_subject("a"));
        assert_eq!(subject(&memory, token).as_deref(), Some("a"), "{token}");
        assert_eq!(memory.usage(), (1, memory.capacity), "{token}");
    }
}

#[test]
fn entries_table_and_held_tokens_share_the_bytes() {
    for bytes in [64 << 10, 1 << 20, 16 << 20] {
        let memory = Memory::with_capacity(bytes as u64).unwrap();
        let table = size_of_val(&*memory.sets);
        assert_eq!(memory.capacity + table + memory.hot.max_bytes(), bytes);
        assert!(
            table > 0 && memory.capacity > bytes / 4,
            "{table} of {bytes}"
        );
    }
}

#[test]
fn without_bytes_there_is_no_memory() {
    assert!(Memory::with_capacity(0).is_none());
}

#[test]
fn debug_shows_no_token_and_no_claim() {
    let memory = Memory::with_capacity(1 << 20).unwrap();
    memory.remember("header.payload.signature", &of_subject("a-subject"));
    assert_eq!(format!("{memory:?}"), "Memory { tokens: 1, .. }");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The weights add up whatever happens, and what is recalled is what was remembered last.
    #[test]
    fn the_memory_says_what_was_last_remembered(
        steps in prop::collection::vec((0..40_usize, 0..3_u8, 0..3000_usize), 1..200),
    ) {
        let memory = Memory::with_capacity(8 << 10).unwrap();
        let mut last = [const { None }; 40];
        for (index, action, size) in steps {
            let token = format!("header.{index}.signature");
            let subject = format!("{index}.{}", "x".repeat(size));
            match action {
                0 => {
                    memory.remember(&token, &of_subject(&subject));
                    last[index] = Some(subject);
                }
                1 => {
                    memory.forget(&token);
                    last[index] = None;
                }
                _ => {}
            }
            if let Some(recalled) = self::subject(&memory, &token) {
                prop_assert_eq!(Some(recalled), last[index].clone());
            }
            prop_assert!(memory.weight() <= memory.capacity);
        }
    }
}
