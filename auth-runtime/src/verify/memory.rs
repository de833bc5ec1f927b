//! Tokens that were verified before. A caller sends the same token with each request, and its
//! signature is the same each time.
//!
//! An entry is found by the whole token, which is compared byte by byte: a digest, or a key made
//! from parts of it, could collide. It says which key set the token was verified with; that the set
//! is still the current one, and the time within the token's own, is for the verifier to check on
//! every use.

use std::fmt;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::token::AccessToken;

/// About what the memory itself takes for an entry.
const OVERHEAD_BYTES: usize = 128;

/// Verified tokens, bounded in bytes.
pub(crate) struct Memory(Cache<Box<str>, Known, ByBytes>);

/// A token as it was verified.
pub(super) struct Known {
    pub(super) token: AccessToken,
    /// The issuer, by its place among those of the verifier.
    pub(super) issuer: usize,
    /// The key set that it was verified with.
    pub(super) generation: u64,
}

#[derive(Clone)]
struct ByBytes;

impl Memory {
    /// `None` for no bytes.
    pub(crate) fn of_bytes(bytes: u64) -> Option<Self> {
        /// A usual token with its claims.
        const USUAL_BYTES: u64 = 2048;

        let entries = usize::try_from(bytes / USUAL_BYTES)
            .unwrap_or(usize::MAX)
            .max(16);
        (bytes > 0).then(|| Self(Cache::with_weighter(entries, bytes, ByBytes)))
    }

    pub(super) fn recall(&self, token: &str) -> Option<Known> {
        self.0.get(token)
    }

    pub(super) fn remember(
        &self,
        token: &str,
        issuer: usize,
        generation: u64,
        verified: &AccessToken,
    ) {
        self.0.insert(
            token.into(),
            Known {
                token: verified.share(),
                issuer,
                generation,
            },
        );
    }
}

impl Clone for Known {
    fn clone(&self) -> Self {
        Self {
            token: self.token.share(),
            issuer: self.issuer,
            generation: self.generation,
        }
    }
}

impl Weighter<Box<str>, Known> for ByBytes {
    fn weight(&self, token: &Box<str>, known: &Known) -> u64 {
        (OVERHEAD_BYTES + token.len() + known.token.size()) as u64
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
