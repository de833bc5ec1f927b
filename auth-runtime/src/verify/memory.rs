//! Tokens that were verified before. A caller sends the same token with each request, and its
//! signature is the same each time.
//!
//! An entry is found by the whole token, which is compared byte by byte: a digest, or a key made
//! from parts of it, could collide. It says which key set the token was verified with; that the set
//! is still the current one, and the time within the token's own, is for the verifier to check on
//! every use.

use std::fmt;
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::token::{AccessToken, Source};

/// About what the memory itself takes for an entry.
const OVERHEAD_BYTES: usize = 128;

/// Verified tokens, bounded in bytes.
pub(crate) struct Memory(Cache<Box<str>, Arc<AccessToken>, ByBytes>);

#[derive(Clone)]
struct ByBytes;

impl Memory {
    /// `None` for no bytes.
    pub(crate) fn with_capacity(bytes: u64) -> Option<Self> {
        /// A usual token with its claims.
        const USUAL_BYTES: u64 = 2048;

        let entries = usize::try_from(bytes / USUAL_BYTES)
            .unwrap_or(usize::MAX)
            .max(16);
        (bytes > 0).then(|| Self(Cache::with_weighter(entries, bytes, ByBytes)))
    }

    pub(super) fn recall(&self, token: &str) -> Option<Arc<AccessToken>> {
        self.0.get(token)
    }

    pub(super) fn forget(&self, token: &str) {
        self.0.remove(token);
    }

    pub(super) fn remember(&self, token: &str, verified: &AccessToken) {
        let copy = verified.copied(Source::Remembered);
        self.0.insert(token.into(), Arc::new(copy));
    }
}

impl Weighter<Box<str>, Arc<AccessToken>> for ByBytes {
    fn weight(&self, token: &Box<str>, known: &Arc<AccessToken>) -> u64 {
        (OVERHEAD_BYTES + token.len() + size_of::<AccessToken>() + known.heap_bytes()) as u64
    }
}

/// Tokens are not shown.
impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory")
            .field("tokens", &self.0.len())
            .finish_non_exhaustive()
    }
}
#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::ClaimNames;

    /// A token with this payload, as if it had been verified.
    fn verified(payload: &str) -> AccessToken {
        AccessToken::unchecked(payload.to_owned(), &ClaimNames::default()).unwrap()
    }

    fn of_subject(subject: &str) -> AccessToken {
        verified(&format!(r#"{{"sub":"{subject}","exp":4000000000}}"#))
    }

    #[test]
    fn tokens_that_differ_in_one_byte_are_two() {
        let memory = Memory::with_capacity(1 << 20).unwrap();
        let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl";
        memory.remember(token, &of_subject("me"));
        for place in 0..token.len() {
            let mut other = token.to_owned();
            other.replace_range(place..=place, "_");
            assert!(memory.recall(&other).is_none(), "{other}");
        }
        for other in [&token[1..], &token[..token.len() - 1], &format!("{token}A")] {
            assert!(memory.recall(other).is_none(), "{other}");
        }
        assert_eq!(memory.recall(token).unwrap().subject(), Some("me"));
    }

    /// fast-jwt's GHSA-rp9m-7r4c-75qg: an entry's name that does not stand for the whole token hands
    /// out another caller's claims.
    #[test]
    fn each_of_many_tokens_is_recalled_with_its_own_claims() {
        let memory = Memory::with_capacity(64 << 20).unwrap();
        for index in 0..5_000 {
            let subject = index.to_string();
            memory.remember(&format!("header.{index}.signature"), &of_subject(&subject));
        }
        for index in 0..5_000 {
            let known = memory.recall(&format!("header.{index}.signature")).unwrap();
            assert_eq!(known.subject(), Some(index.to_string().as_str()));
        }
    }

    /// Keycloak's CVE-2025-2559: a memory that is only emptied by time can be filled.
    #[test]
    fn it_stays_within_its_bytes_however_many_tokens_there_are() {
        for bytes in [4 << 10, 64 << 10, 1 << 20] {
            let memory = Memory::with_capacity(bytes).unwrap();
            for index in 0..20_000 {
                memory.remember(&format!("header.{index:0400}.s"), &of_subject("someone"));
                assert!(
                    memory.0.weight() <= bytes,
                    "{} of {bytes}",
                    memory.0.weight()
                );
            }
            let held = memory.0.len() as u64;
            assert!(
                held * 400 <= bytes && held >= bytes / 2048,
                "{held}, {bytes}"
            );
        }
    }

    #[test]
    fn a_token_that_is_larger_than_all_of_it_is_not_held() {
        let memory = Memory::with_capacity(1 << 10).unwrap();
        let token = "x".repeat(2 << 10);
        memory.remember(&token, &of_subject("me"));
        assert!(memory.recall(&token).is_none());
        assert_eq!(memory.0.weight(), 0);
    }

    #[test]
    fn the_claims_are_part_of_the_weight() {
        let short = verified(r#"{"exp":4000000000}"#);
        let long = verified(&format!(
            r#"{{"exp":4000000000,"x":"{}"}}"#,
            "x".repeat(1000)
        ));
        let weight = |token: &AccessToken| {
            let memory = Memory::with_capacity(1 << 20).unwrap();
            memory.remember("header.payload.signature", token);
            memory.0.weight()
        };
        assert!(weight(&long) >= weight(&short) + 1000);
    }

    #[test]
    fn no_bytes_are_no_memory() {
        assert!(Memory::with_capacity(0).is_none());
    }

    #[test]
    fn debug_shows_no_token_and_no_claim() {
        let memory = Memory::with_capacity(1 << 20).unwrap();
        memory.remember("header.payload.signature", &of_subject("a-subject"));
        assert_eq!(format!("{memory:?}"), "Memory { tokens: 1, .. }");
    }
}
