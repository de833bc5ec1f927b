//! Remembers the keys of verified proofs by the headers that carry them. All proofs of one client have
//! the same header, byte for byte, so its key is parsed only once. `tests/benches/guards.rs` measures what
//! that saves.
//!
//! The meaning of a header depends only on its bytes, all of which are compared. Only a proof whose
//! signature was verified adds a key.

use std::fmt;
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::jwks::{Algorithm, Key};

/// The size of the memory, which suffices for the keys of about two thousand clients.
const MEMORY_BYTES: u64 = 4 << 20;
/// The length of the longest header that is remembered. An RSA key of 4096 bits fits.
const MAX_HEADER_BYTES: usize = 1536;
/// The size of an entry whose key has a short text, such as the key of a curve.
const OVERHEAD_BYTES: usize = 1024;
/// The bytes that a key takes for each byte of its header. An RSA key holds its modulus in several forms,
/// all of which grow with the text.
const KEY_BYTES_PER_HEADER_BYTE: usize = 3;

/// The keys of the clients whose proofs were verified.
pub(crate) struct KnownKeys(Cache<Box<str>, Arc<ProofKey>, ByBytes>);

/// What the header of a proof says.
#[derive(Debug)]
pub(super) struct ProofKey {
    pub(super) algorithm: Algorithm,
    pub(super) thumbprint: [u8; 32],
    pub(super) key: Key,
}

/// Weighs entries by the bytes that they take.
#[derive(Clone)]
struct ByBytes;

impl KnownKeys {
    pub(super) fn find(&self, header: &str) -> Option<Arc<ProofKey>> {
        self.0.get(header)
    }

    /// Remembers the key of a proof whose signature was verified.
    pub(super) fn remember(&self, header: &str, key: Arc<ProofKey>) {
        if header.len() <= MAX_HEADER_BYTES {
            self.0.insert(header.into(), key);
        }
    }
}

impl Default for KnownKeys {
    fn default() -> Self {
        let entries = MEMORY_BYTES / OVERHEAD_BYTES as u64;
        let entries = usize::try_from(entries).unwrap_or(usize::MAX);
        Self(Cache::with_weighter(entries, MEMORY_BYTES, ByBytes))
    }
}

impl Weighter<Box<str>, Arc<ProofKey>> for ByBytes {
    fn weight(&self, header: &Box<str>, _: &Arc<ProofKey>) -> u64 {
        (OVERHEAD_BYTES + KEY_BYTES_PER_HEADER_BYTE * header.len()) as u64
    }
}

/// Hides who the clients are.
impl fmt::Debug for KnownKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownKeys")
            .field("keys", &self.0.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::jwks::test_keys::TestKey;

    fn proof_key() -> Arc<ProofKey> {
        let algorithm = Algorithm::ES256;
        let jwk = TestKey::for_algorithm(algorithm).jwk(json!({}));
        Arc::new(ProofKey {
            algorithm,
            thumbprint: [0; 32],
            key: Key::parse(&jwk, &[algorithm]).unwrap(),
        })
    }

    #[test]
    fn a_key_is_found_by_all_bytes_of_its_header() {
        let known = KnownKeys::default();
        let header = "eyJhbGciOiJFUzI1NiJ9";
        known.remember(header, proof_key());
        assert!(known.find(header).is_some());
        for place in 0..header.len() {
            let mut other = header.to_owned();
            other.replace_range(place..=place, "_");
            assert!(known.find(&other).is_none(), "{other}");
        }
        assert!(known.find(&header[1..]).is_none());
    }

    #[test]
    fn the_memory_is_bounded_and_keeps_no_long_headers() {
        let known = KnownKeys::default();
        let key = proof_key();
        for index in 0..10_000 {
            known.remember(&format!("{index:0250}"), Arc::clone(&key));
        }
        assert!(known.0.weight() <= MEMORY_BYTES);
        assert!(known.0.len() > 1_000, "{}", known.0.len());
        let long = "x".repeat(MAX_HEADER_BYTES + 1);
        known.remember(&long, key);
        assert!(known.find(&long).is_none());
    }
}
