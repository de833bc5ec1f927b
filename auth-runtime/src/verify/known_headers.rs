//! Remembers the headers of verified tokens. All tokens of one key have the same header, byte for byte,
//! so it is decoded and read only once. Reading it for each token would take a tenth of the instructions
//! that a fresh token needs beside its signature: `fresh-without-signature` in
//! `tests/benches/instructions.sh`.
//!
//! The meaning of a header depends only on its bytes, all of which are compared. Only a token whose
//! signature was verified adds a header.

use std::hash::BuildHasher as _;
use std::sync::Arc;

use arc_swap::{ArcSwapOption, Guard};
use hashbrown::DefaultHashBuilder;

use super::header::Header;
use crate::jwks::Algorithm;

/// The number of headers that are remembered. The hash of a header decides its place. Few APIs see more
/// than a handful of headers.
const PLACES: usize = 16;
/// The length of the longest header that is remembered.
const MAX_BYTES: usize = 1024;
/// A header replaces another one in its place once in this many tokens, on average.
const PATIENCE: u32 = 64;

/// The headers of verified tokens.
#[derive(Default)]
pub(crate) struct KnownHeaders {
    places: [ArcSwapOption<KnownHeader>; PLACES],
    hasher: DefaultHashBuilder,
}

/// What a token's header says, and the text that says it.
pub(super) struct KnownHeader {
    encoded: Box<str>,
    algorithm: Algorithm,
    kid: Option<Box<str>>,
    media_type: Option<Box<str>>,
}

impl KnownHeaders {
    /// Returns what the encoded header says, if it is known.
    pub(super) fn find(&self, encoded: &str) -> Found {
        let place = self.place(encoded).load();
        Found(
            if place.as_ref().is_some_and(|it| *it.encoded == *encoded) {
                place
            } else {
                Guard::from_inner(None)
            },
        )
    }

    /// Remembers the header of a token whose signature was verified.
    pub(super) fn remember(&self, encoded: &str, header: &Header<'_>) {
        let place = self.place(encoded);
        let is_taken = place.load().is_some();
        if encoded.len() > MAX_BYTES || is_taken && fastrand::u32(..PATIENCE) != 0 {
            return;
        }
        place.store(Some(Arc::new(KnownHeader {
            encoded: encoded.into(),
            algorithm: header.algorithm,
            kid: header.kid.map(Box::from),
            media_type: header.media_type.map(Box::from),
        })));
    }

    fn place(&self, encoded: &str) -> &ArcSwapOption<KnownHeader> {
        let [first, ..] = &self.places;
        let hash = self.hasher.hash_one(encoded.as_bytes());
        let index = usize::try_from(hash % PLACES as u64).unwrap_or_default();
        self.places.get(index).unwrap_or(first)
    }
}

/// What a known header says.
pub(super) struct Found(Guard<Option<Arc<KnownHeader>>>);

impl Found {
    pub(super) fn header(&self) -> Option<Header<'_>> {
        let known = self.0.as_ref()?;
        Some(Header {
            algorithm: known.algorithm,
            kid: known.kid.as_deref(),
            media_type: known.media_type.as_deref(),
        })
    }
}

/// Shows nothing of the headers, because a `kid` is of no use in the log.
impl std::fmt::Debug for KnownHeaders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KnownHeaders").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header<'h>(kid: &'h str, media_type: Option<&'h str>) -> Header<'h> {
        Header {
            algorithm: Algorithm::RS256,
            kid: Some(kid),
            media_type,
        }
    }

    fn kid(known: &KnownHeaders, encoded: &str) -> Option<String> {
        let found = known.find(encoded);
        let header = found.header()?;
        header.kid.map(str::to_owned)
    }

    #[test]
    fn a_header_is_found_by_all_of_its_bytes() {
        let known = KnownHeaders::default();
        let encoded = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ";
        known.remember(encoded, &header("a", Some("JWT")));
        let found = known.find(encoded);
        let found = found.header().unwrap();
        assert_eq!(found.algorithm, Algorithm::RS256);
        assert_eq!((found.kid, found.media_type), (Some("a"), Some("JWT")));
        for place in 0..encoded.len() {
            let mut other = encoded.to_owned();
            other.replace_range(place..=place, "_");
            assert!(known.find(&other).header().is_none(), "{other}");
        }
        assert!(known.find(&encoded[1..]).header().is_none());
        assert!(known.find("").header().is_none());
    }

    #[test]
    fn headers_that_share_a_place_are_distinguished_and_replace_each_other() {
        let known = KnownHeaders::default();
        let name = |index: usize| format!("header-{index}");
        for _ in 0..100 * PATIENCE {
            for index in 0..=PLACES {
                let name = name(index);
                match kid(&known, &name) {
                    Some(kid) => assert_eq!(kid, name),
                    None => known.remember(&name, &header(&name, None)),
                }
            }
        }
        let found = (0..=PLACES).filter(|index| kid(&known, &name(*index)).is_some());
        assert!(found.count() >= 2);
    }

    #[test]
    fn long_headers_are_not_kept() {
        let known = KnownHeaders::default();
        for (length, is_kept) in [(MAX_BYTES, true), (MAX_BYTES + 1, false)] {
            let encoded = "x".repeat(length);
            known.remember(&encoded, &header("a", None));
            assert_eq!(known.find(&encoded).header().is_some(), is_kept, "{length}");
        }
    }

    /// Otherwise the headers of unknown clients could displace those of the usual ones.
    #[test]
    fn a_header_is_seldom_replaced() {
        fastrand::seed(1);
        let known = KnownHeaders::default();
        known.remember("header", &header("first", None));
        let (mut current, mut replacements) = ("first".to_owned(), 0);
        for number in 0..100 * PATIENCE {
            let name = number.to_string();
            known.remember("header", &header(&name, None));
            if kid(&known, "header") != Some(current.clone()) {
                (current, replacements) = (name, replacements + 1);
            }
        }
        assert!((50..200).contains(&replacements), "{replacements}");
    }
}
