//! Defines a set of keys, which is parsed once and never changes.

use hashbrown::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use super::algorithm::Algorithm;
use super::document::{NotAKeySet, keys};
use super::jwk::Jwk;
use super::key::{Key, Unusable, VerifyingKey};

/// The maximum number of keys that are tried for one token.
pub(crate) const MAX_CANDIDATES: usize = 4;
/// The maximum length of a `kid` in the log, in characters.
const MAX_LOGGED_KID: usize = 64;

/// The usable keys of a JSON Web Key Set (RFC 7517 §5), or keys from the configuration.
#[derive(Debug, Default)]
pub(crate) struct KeySet {
    by_kid: HashMap<Box<str>, Vec<usize>>,
    keys: Vec<Key>,
    /// `true` if the keys are used for every token, whatever its `kid`.
    ignores_kid: bool,
    generation: Generation,
}

/// A number that no other set of this process has.
#[derive(Debug)]
struct Generation(u64);

impl Default for Generation {
    fn default() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// A key of a set that cannot be used.
#[derive(Debug)]
pub(crate) struct SkippedKey {
    /// Its `kid`, which may be cut.
    pub(crate) kid: String,
    pub(crate) reason: Unusable,
}

impl KeySet {
    /// Creates a set from a configured public key, which is used for every token.
    pub(crate) fn from_key(key: Key) -> Self {
        Self {
            keys: vec![key],
            ignores_kid: true,
            ..Self::default()
        }
    }

    /// Creates a set of shared secrets, which are used for every token with HS256.
    pub(crate) fn from_secrets(secrets: &[Vec<u8>]) -> Self {
        let keys = secrets
            .iter()
            .map(|secret| Key::from_secret(secret))
            .collect();
        Self {
            keys,
            ignores_kid: true,
            ..Self::default()
        }
    }

    /// Parses a key set. Returns the keys that can be used with an accepted algorithm, and the
    /// reasons why the others cannot.
    ///
    /// # Errors
    /// Fails if the document is not a key set.
    pub(crate) fn parse(
        document: &[u8],
        accepted: &[Algorithm],
    ) -> Result<(Self, Vec<SkippedKey>), NotAKeySet> {
        let mut set = Self::default();
        let mut skipped = Vec::new();
        for text in keys(document)? {
            let jwk = Jwk::parse(text);
            let parsed = jwk.as_ref().ok_or(Unusable::NotAKey);
            match parsed.and_then(|jwk| Key::from_jwk(jwk, accepted)) {
                Ok(key) => set.add(key),
                Err(reason) => {
                    let kid = jwk.as_ref().and_then(|jwk| jwk.kid.text());
                    let kid = kid.unwrap_or("(none)");
                    skipped.push(SkippedKey {
                        kid: kid.chars().take(MAX_LOGGED_KID).collect(),
                        reason,
                    });
                }
            }
        }
        Ok((set, skipped))
    }

    fn add(&mut self, key: Key) {
        if let Some(kid) = key.kid() {
            self.by_kid
                .entry(kid.into())
                .or_default()
                .push(self.keys.len());
        }
        self.keys.push(key);
    }

    /// Returns a number that identifies this set within the process.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.0
    }

    /// Returns the `kid` of each key.
    pub(crate) fn kids(&self) -> impl Iterator<Item = Option<&str>> {
        self.keys.iter().map(Key::kid)
    }

    /// Returns whether the set holds the key with this fingerprint.
    pub(crate) fn contains(&self, fingerprint: u64) -> bool {
        self.keys.iter().any(|key| key.is(fingerprint))
    }

    /// Returns the `kid` of the key with this fingerprint.
    pub(crate) fn kid_of(&self, fingerprint: u64) -> Option<&str> {
        self.keys.iter().find(|key| key.is(fingerprint))?.kid()
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Returns whether there is a key with which a token with this header can be tried.
    pub(crate) fn serves(&self, kid: Option<&str>, algorithm: Algorithm) -> bool {
        self.candidates(kid, algorithm).next().is_some()
    }

    /// Returns the keys with which a token with this header is tried: those with its `kid`. A token
    /// without `kid` is tried only if exactly one key fits its algorithm.
    pub(crate) fn candidates(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> impl Iterator<Item = &VerifyingKey> {
        let named = kid
            .and_then(|kid| self.by_kid.get(kid))
            .map_or(&[][..], Vec::as_slice);
        let named = named.iter().filter_map(|index| self.keys.get(*index));
        let only = if kid.is_none() && !self.ignores_kid {
            self.only(algorithm)
        } else {
            None
        };
        let any = if self.ignores_kid { &*self.keys } else { &[] };
        named
            .chain(any)
            .filter_map(move |key| key.verifier(algorithm))
            .chain(only)
            .take(MAX_CANDIDATES)
    }

    /// Returns whether several keys fit a token without `kid`.
    pub(crate) fn is_ambiguous(&self, algorithm: Algorithm) -> bool {
        self.fitting(algorithm).nth(1).is_some()
    }

    fn only(&self, algorithm: Algorithm) -> Option<&VerifyingKey> {
        let mut fitting = self.fitting(algorithm);
        fitting.next().filter(|_| fitting.next().is_none())
    }

    fn fitting(&self, algorithm: Algorithm) -> impl Iterator<Item = &VerifyingKey> {
        self.keys
            .iter()
            .filter_map(move |key| key.verifier(algorithm))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::test_keys::{ALL, TestKey};
    use super::*;

    const RS: Algorithm = Algorithm::RS256;
    const ES: Algorithm = Algorithm::ES256;

    fn set(keys: &[Value]) -> KeySet {
        parse(&json!({ "keys": keys }).to_string()).unwrap().0
    }

    fn parse(document: &str) -> Result<(KeySet, Vec<SkippedKey>), NotAKeySet> {
        KeySet::parse(document.as_bytes(), &ALL)
    }

    fn named(algorithm: Algorithm, kid: &str) -> Value {
        TestKey::for_algorithm(algorithm).jwk(json!({ "kid": kid }))
    }

    #[test]
    fn a_set_without_a_usable_key_is_a_set() {
        assert_eq!(parse(r#"{"keys":[]}"#).unwrap().0.len(), 0);
        let (set, skipped) = parse(r#"{"keys":[1,{"kid":"odd"}]}"#).unwrap();
        assert_eq!(set.len(), 0);
        let kids: Vec<_> = skipped.iter().map(|key| &*key.kid).collect();
        assert_eq!(kids, ["(none)", "odd"]);
    }

    #[test]
    fn odd_keys_do_not_affect_the_others() {
        let set = set(&[
            json!(null),
            json!({"kty": "oct", "k": "AA"}),
            named(RS, "a"),
            json!([]),
        ]);
        assert_eq!(set.len(), 1);
        assert!(set.serves(Some("a"), RS));
    }

    #[test]
    fn a_long_kid_is_cut_for_the_log() {
        let (_, skipped) =
            parse(&json!({"keys": [{"kid": "k".repeat(9999)}]}).to_string()).unwrap();
        assert_eq!(skipped[0].kid.len(), 64);
    }

    #[test]
    fn a_token_with_a_kid_is_served_only_by_keys_with_that_kid() {
        let set = set(&[
            named(RS, "a"),
            TestKey::for_algorithm(RS).jwk(json!({})),
            named(ES, "b"),
        ]);
        assert!(set.serves(Some("a"), RS));
        assert!(set.serves(Some("b"), ES));
        for (kid, algorithm) in [("b", RS), ("a", ES), ("c", RS), ("", RS), ("A", RS)] {
            assert!(!set.serves(Some(kid), algorithm), "{kid}");
        }
    }

    #[test]
    fn at_most_four_fitting_keys_with_one_kid_are_tried() {
        let mut keys = vec![named(ES, "a"); 3];
        keys.extend(vec![named(RS, "a"); 9]);
        let set = set(&keys);
        assert_eq!(set.candidates(Some("a"), RS).count(), MAX_CANDIDATES);
        assert_eq!(set.candidates(Some("a"), ES).count(), 3);
    }

    #[test]
    fn a_token_without_kid_is_served_if_exactly_one_key_fits() {
        for kid in [json!({}), json!({"kid": "a"})] {
            let key = TestKey::for_algorithm(RS).jwk(kid);
            assert!(set(&[key.clone(), named(ES, "b")]).serves(None, RS));
            let two = set(&[key, named(RS, "b")]);
            assert!(!two.serves(None, RS));
            assert!(two.is_ambiguous(RS) && !two.is_ambiguous(ES));
        }
    }

    #[test]
    fn configured_keys_serve_tokens_with_any_kid() {
        let key = Key::parse(&named(RS, "a"), &ALL).unwrap();
        let key = KeySet::from_key(key);
        let secrets = KeySet::from_secrets(&[vec![1; 32], vec![2; 32]]);
        for kid in [None, Some("a"), Some("b")] {
            assert!(key.serves(kid, RS) && !key.serves(kid, ES));
            assert_eq!(secrets.candidates(kid, Algorithm::HS256).count(), 2);
            assert!(!secrets.serves(kid, RS));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_document_makes_the_parser_panic(document in any::<Vec<u8>>()) {
            let _ = KeySet::parse(&document, &ALL);
        }

        /// Checks that every changed byte leads to an error, a skipped key, or a set that still has
        /// its keys.
        #[test]
        fn no_mutation_of_a_set_makes_the_parser_panic(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        ) {
            let keys: Vec<_> = TestKey::every().iter().map(|key| key.jwk(json!({"kid": "a"}))).collect();
            let mut document = json!({ "keys": keys }).to_string().into_bytes();
            for (place, byte) in changes {
                let place = place.index(document.len());
                document[place] = byte;
            }
            if let Ok((set, skipped)) = KeySet::parse(&document, &ALL) {
                prop_assert!(set.len() + skipped.len() <= 4);
            }
        }
    }
}
