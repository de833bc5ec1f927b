//! Tests of how many bytes entries take, and of how room is made for new ones.

use super::*;

/// The tokens are as large as those of Auth0, with their usual claims. In one of some thousand runs, the hashes
/// of more tokens lead to one set than it has slots.
#[test]
fn thirteen_thousand_tokens_fit_into_the_default_of_16_mib() {
    /// How many tokens may be displaced from a full set.
    const DISPLACED: usize = 3;

    let memory = Memory::with_capacity(16 << 20).unwrap();
    let payload = |index: usize| {
        format!(
            r#"{{"iss":"https://tenant.eu.auth0.com/","sub":"auth0|5f7c8ec7c33c6c00{index:08}","aud":["https://api.example.com","https://tenant.eu.auth0.com/userinfo"],"iat":1700000000,"exp":4000000000,"azp":"my_client_id_0123456789abcdefghi","scope":"openid profile email read:messages write:messages","gty":"password","permissions":["read:messages","write:messages"]}}"#
        )
    };
    let token = |index: usize| {
        let start = encoded("header", &payload(index), "");
        let length = 869 - start.len();
        format!("{start}{index:0length$x}")
    };
    for index in 0..13_000 {
        memory.remember(&token(index), &verified(&payload(index)));
        assert!(memory.usage().0 + DISPLACED > index, "{index}");
    }
    let missing = (0..13_000).filter(|index| subject(&memory, &token(*index)).is_none());
    assert!(missing.count() <= DISPLACED);
}

/// Keycloak's CVE-2025-2559: a memory that only time empties can be filled.
#[test]
fn it_stays_within_its_bytes_however_many_tokens_there_are() {
    for bytes in [4 << 10, 64 << 10, 1 << 20] {
        let memory = Memory::with_capacity(bytes as u64).unwrap();
        for index in 0..20_000 {
            let subject = format!("{index:0HASHED_BYTES$}{}", "x".repeat(284));
            remember(&memory, &subject);
            assert!(remembers(&memory, &subject), "{index}, {bytes}");
        }
        let weight = memory.weight();
        assert!(weight <= bytes, "{weight} of {bytes}");
        let entries = memory.entries();
        assert!(entries * 400 <= bytes, "{entries}, {bytes}");
        assert!(entries >= bytes / 2048, "{entries}, {bytes}");
    }
}

#[test]
fn a_token_that_is_larger_than_all_of_it_is_not_held() {
    let memory = Memory::with_capacity(1 << 10).unwrap();
    let large = "x".repeat(2 << 10);
    remember(&memory, &large);
    assert!(!remembers(&memory, &large));
    assert_eq!(memory.weight(), 0);
}

/// The memory decodes the claims from the token, so only what is written with escapes is kept as well.
#[test]
fn an_entry_weighs_what_is_allocated_for_it() {
    let text = format!(r#""x":"{}""#, "x".repeat(1000));
    let escaped = format!(r#""sub":"\n{}""#, "x".repeat(1000));
    let scopes = format!(r#""scope":"{}""#, "x ".repeat(500));
    let bound = r#""cnf":{}"#;
    let all = format!("{text},{escaped},{scopes},{bound}");
    let memory = Memory::with_capacity(1 << 20).unwrap();
    // The first token sets up the state of this thread.
    remember(&memory, "first");
    for claims in ["", &text, &escaped, &scopes, bound, &all] {
        let payload = format!("{{{claims}}}");
        let (token, verified) = (encoded("header", &payload, "signature"), verified(&payload));
        let before = memory.weight();
        let allocated = allocated(|| memory.remember(&token, &verified));
        assert!(allocated > token.len());
        assert_eq!(memory.weight() - before, allocated, "{payload}");
    }
}

#[test]
fn an_entry_may_fill_the_memory_exactly() {
    let large = Memory::with_capacity(1 << 20).unwrap();
    remember(&large, "a");
    let bytes = large.weight() + size_of::<Set>();
    let memory = Memory::with_capacity(bytes as u64).unwrap();
    assert_eq!(memory.capacity, large.weight());
    for name in ["a", "b"] {
        remember(&memory, name);
        assert!(remembers(&memory, name), "{name}");
        assert_eq!(memory.usage(), (1, memory.capacity), "{name}");
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

/// Returns a token of this subject whose entry takes this many bytes.
fn token_that_takes(bytes: usize, subject: &str) -> String {
    let memory = Memory::with_capacity(1 << 20).unwrap();
    memory.remember(&signed("header", subject, ""), &of_subject(subject));
    signed("header", subject, &"s".repeat(bytes - memory.weight()))
}

/// The hand needs one round to see which entries are recalled again, and another one to remove them.
#[test]
fn a_token_that_fills_the_memory_displaces_all_others_even_if_they_were_recalled() {
    let memory = Memory::with_capacity((4 * WAYS * BYTES_PER_SLOT) as u64).unwrap();
    let others = || (0..WAYS).map(|index| index.to_string());
    for other in others() {
        remember(&memory, &other);
    }
    assert!(others().all(|other| remembers(&memory, &other)));
    let token = token_that_takes(memory.capacity, "large");
    memory.remember(&token, &of_subject("large"));
    assert_eq!(memory.usage(), (1, memory.capacity));
    assert_eq!(subject(&memory, &token).as_deref(), Some("large"));
}

#[test]
fn a_token_is_not_remembered_if_no_entry_can_be_removed_for_it() {
    let memory = Memory::with_capacity(64 << 10).unwrap();
    memory.room.lock().unwrap().bytes = 0;
    remember(&memory, "a");
    assert!(!remembers(&memory, "a"));
    assert_eq!(memory.usage(), (0, memory.capacity));
}
