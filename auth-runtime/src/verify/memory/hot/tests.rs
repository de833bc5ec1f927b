use std::sync::Barrier;

use super::super::tests::{allocated, colliding, of_subject, signed, token_of};
use super::super::{HASHED_BYTES, Memory};
use super::*;
use crate::token::AccessToken;

fn recall(memory: &Memory, token: &str) -> Option<AccessToken> {
    memory.recall(token, |_| true)
}

/// Returns whether this thread holds the token, so that recalling it copies nothing.
fn is_held(memory: &Memory, token: &str) -> bool {
    let [first, second] = [(); 2].map(|()| recall(memory, token).unwrap());
    Arc::ptr_eq(first.contents(), second.contents())
}

/// Recalls the token until this thread holds it.
fn hold(memory: &Memory, token: &str) {
    assert!(!is_held(memory, token));
    assert!(is_held(memory, token));
}

/// Returns a memory with enough lanes for all cores.
fn memory() -> Memory {
    let mut memory = Memory::with_capacity(16 << 20).unwrap();
    memory.hot = HotTokens::within(1 << 30);
    memory
}

/// Returns a memory and the only token that it remembers.
fn memory_with(subject: &str) -> (Memory, String) {
    let (memory, token) = (memory(), token_of(subject));
    memory.remember(&token, &of_subject(subject));
    (memory, token)
}

#[test]
fn a_token_that_is_recalled_again_and_again_is_not_copied() {
    let (memory, token) = memory_with("service");
    hold(&memory, &token);
    memory.forget(&token);
    assert!(recall(&memory, &token).is_none());
}

#[test]
fn tokens_that_come_in_turn_do_not_displace_one_that_is_held() {
    let (memory, service) = memory_with("service");
    hold(&memory, &service);
    let users: Vec<_> = (0..1000).map(|index| format!("user {index}")).collect();
    for user in &users {
        memory.remember(&token_of(user), &of_subject(user));
    }
    for user in users.iter().cycle().take(3000) {
        let recalled = recall(&memory, &token_of(user)).unwrap();
        assert_eq!(recalled.subject(), Some(&**user));
        assert!(is_held(&memory, &service));
    }
}

#[test]
fn a_held_token_is_not_returned_for_another_token_with_the_same_hash() {
    let memory = memory();
    let [first, second] = ["1", "2"].map(|subject| {
        let token = colliding(subject);
        memory.remember(&token, &of_subject(subject));
        token
    });
    for _ in 0..10 {
        for (token, subject) in [(&first, "1"), (&second, "2")] {
            for _ in 0..3 {
                assert_eq!(recall(&memory, token).unwrap().subject(), Some(subject));
            }
        }
    }
    memory.forget(&first);
    assert!(recall(&memory, &first).is_none());
    assert_eq!(recall(&memory, &second).unwrap().subject(), Some("2"));
}

#[test]
fn a_token_that_is_not_current_is_refused_in_every_thread_that_holds_it() {
    let (memory, token) = memory_with("service");
    let held = Barrier::new(4);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let is_recalled = (0..10).all(|_| recall(&memory, &token).is_some());
                held.wait();
                assert!(is_recalled);
                for _ in 0..10 {
                    assert!(memory.recall(&token, |_| false).is_none());
                }
            });
        }
    });
    assert!(recall(&memory, &token).is_none());
}

#[test]
fn a_thread_that_holds_an_old_verification_takes_the_new_one() {
    let (memory, token) = memory_with("service");
    hold(&memory, &token);
    let old = recall(&memory, &token).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| memory.remember(&token, &of_subject("service")));
    });
    let is_new = |known: &Origin| !std::ptr::eq(known, old.contents().origin());
    let recalled = memory.recall(&token, is_new).unwrap();
    assert!(!Arc::ptr_eq(recalled.contents(), old.contents()));
    assert_eq!(recalled.subject(), Some("service"));
}

#[test]
fn all_threads_together_hold_a_small_part_of_the_memory() {
    for bytes in [0, 1 << 10, 1 << 20, 16 << 20, 1 << 30] {
        assert!(HotTokens::within(bytes).max_bytes() <= bytes / SHARE);
    }
    let (memory, large) = memory_with(&"x".repeat(MAX_BYTES));
    assert!(!(0..3).any(|_| is_held(&memory, &large)));
}

/// Returns a token that takes this many bytes together with its claims. The number is at its end.
fn token_that_takes(bytes: usize, number: usize) -> String {
    let token = |length| signed("header", "service", &format!("{number:0length$}"));
    let mut held = None;
    let least = allocated(|| {
        let contents = Arc::clone(of_subject("service").contents());
        held = Some((Box::<str>::from(token(HASHED_BYTES)), contents));
    });
    token(HASHED_BYTES + bytes - least)
}

#[test]
fn a_token_is_held_only_if_it_stays_within_the_limit_with_its_claims() {
    for (bytes, fits) in [(MAX_BYTES, true), (MAX_BYTES + 1, false)] {
        let (memory, token) = (memory(), token_that_takes(bytes, 0));
        memory.remember(&token, &of_subject("service"));
        let is_held = (0..3).any(|_| is_held(&memory, &token));
        assert_eq!(is_held, fits, "{bytes}");
    }
}

/// The hashes of many tokens lead to all places.
#[test]
fn the_largest_tokens_in_all_places_take_what_is_set_aside_for_a_lane() {
    let memory = memory();
    let lane = HotTokens {
        cores: 1,
        lanes: Box::new([Lane::default()]),
    };
    let tokens: Vec<_> = (0..200)
        .map(|number| token_that_takes(MAX_BYTES, number))
        .collect();
    let held = allocated(|| {
        for token in &tokens {
            lane.hold(memory.hash(token), token, of_subject("service").contents());
        }
    });
    assert_eq!(size_of::<Lane>() + held, lane.max_bytes());
}
