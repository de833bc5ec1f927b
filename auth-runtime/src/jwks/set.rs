//! A set of keys: parsed once, never changed.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value};

use super::algorithm::Algorithm;
use super::key::{Key, Unusable, VerifyingKey};

const MOST_KEYS: usize = 100;
/// Of several keys with one `kid`, so many are tried.
pub(crate) const MOST_CANDIDATES: usize = 4;

/// The usable keys of a JSON Web Key Set (RFC 7517 §5), or keys that are configured.
#[derive(Debug, Default)]
pub(crate) struct KeySet {
    by_kid: HashMap<Box<str>, Vec<usize>>,
    keys: Vec<Key>,
    /// The keys have no names, and serve whatever a token calls its own.
    unnamed: bool,
    /// Different from that of every other set.
    generation: Generation,
}

#[derive(Debug)]
struct Generation(u64);

impl Default for Generation {
    fn default() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// What a set could not use.
#[derive(Debug)]
pub(crate) struct Skipped {
    pub(crate) kid: String,
    pub(crate) reason: Unusable,
}

/// Why a document is no key set.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotAKeySet {
    #[error("it is not a JSON object: {0}")]
    Json(#[from] serde_json::Error),
    #[error("it has no list `keys`")]
    NoKeys,
    #[error("it has {0} keys, more than {MOST_KEYS}")]
    TooManyKeys(usize),
}

impl KeySet {
    /// A configured public key: it serves every token, whatever its `kid`.
    pub(crate) fn of_key(key: Key) -> Self {
        Self {
            keys: vec![key],
            unnamed: true,
            ..Self::default()
        }
    }

    /// Shared secrets, each for HS256.
    pub(crate) fn of_secrets(secrets: &[Vec<u8>]) -> Self {
        let keys = secrets
            .iter()
            .map(|secret| Key::of_secret(secret))
            .collect();
        Self {
            keys,
            unnamed: true,
            ..Self::default()
        }
    }

    /// Takes the keys that can serve, and tells of the others.
    ///
    /// # Errors
    /// If the document is no key set.
    pub(crate) fn parse(
        document: &[u8],
        accepted: &[Algorithm],
    ) -> Result<(Self, Vec<Skipped>), NotAKeySet> {
        let document: Map<String, Value> = serde_json::from_slice(document)?;
        let Some(Value::Array(jwks)) = document.get("keys") else {
            return Err(NotAKeySet::NoKeys);
        };
        if jwks.len() > MOST_KEYS {
            return Err(NotAKeySet::TooManyKeys(jwks.len()));
        }
        let mut set = Self::default();
        let mut skipped = Vec::new();
        for jwk in jwks {
            match Key::parse(jwk, accepted) {
                Ok(key) => set.add(key),
                Err(reason) => {
                    let kid = jwk.get("kid").and_then(Value::as_str).unwrap_or("(none)");
                    skipped.push(Skipped {
                        kid: kid.chars().take(64).collect(),
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

    /// What tells this set from every other, be it fetched from the same place.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.0
    }

    /// The `kid` of each key.
    pub(crate) fn kids(&self) -> impl Iterator<Item = Option<&str>> {
        self.keys.iter().map(Key::kid)
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether a token with this header can be tried at all.
    pub(crate) fn serves(&self, kid: Option<&str>, algorithm: Algorithm) -> bool {
        self.candidates(kid, algorithm).next().is_some()
    }

    /// The keys that a token with this header is tried with: those of its `kid`; without one,
    /// the only key that fits its algorithm, if there is exactly one.
    pub(crate) fn candidates(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> impl Iterator<Item = &VerifyingKey> {
        let named = kid
            .and_then(|kid| self.by_kid.get(kid))
            .map_or(&[][..], Vec::as_slice);
        let named = named.iter().filter_map(|index| self.keys.get(*index));
        let only = if kid.is_none() && !self.unnamed {
            self.only(algorithm)
        } else {
            None
        };
        let unnamed = if self.unnamed { &*self.keys } else { &[] };
        named
            .chain(unnamed)
            .filter_map(move |key| key.verifier(algorithm))
            .chain(only)
            .take(MOST_CANDIDATES)
    }

    /// Whether a token without `kid` could be meant for more than one key.
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
    use serde_json::json;

    use super::super::test_keys::{ALL, TestKey};
    use super::*;

    const RS: Algorithm = Algorithm::RS256;
    const ES: Algorithm = Algorithm::ES256;

    fn set(keys: &[Value]) -> KeySet {
        parse(&json!({ "keys": keys }).to_string()).unwrap().0
    }

    fn parse(document: &str) -> Result<(KeySet, Vec<Skipped>), NotAKeySet> {
        KeySet::parse(document.as_bytes(), &ALL)
    }

    fn named(algorithm: Algorithm, kid: &str) -> Value {
        TestKey::of(algorithm).jwk(json!({ "kid": kid }))
    }

    #[test]
    fn a_document_without_a_list_of_keys_is_no_key_set() {
        for document in [r#"{"keys":{}}"#, "{}", r#"{"keys":null}"#, r#"{"Keys":[]}"#] {
            assert!(
                matches!(parse(document), Err(NotAKeySet::NoKeys)),
                "{document}"
            );
        }
        for document in [
            "",
            "[]",
            "null",
            "<html></html>",
            r#"{"keys":["#,
            "\u{feff}{}",
            "{}{}",
        ] {
            assert!(
                matches!(parse(document), Err(NotAKeySet::Json(_))),
                "{document}"
            );
        }
        assert!(KeySet::parse(b"{\"keys\":[\"\xff\"]}", &ALL).is_err());
    }

    #[test]
    fn a_set_has_at_most_a_hundred_keys() {
        let keys = |count| json!({ "keys": vec![json!({}); count] }).to_string();
        assert_eq!(parse(&keys(100)).unwrap().1.len(), 100);
        assert!(matches!(
            parse(&keys(101)),
            Err(NotAKeySet::TooManyKeys(101))
        ));
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
    fn odd_keys_do_not_harm_the_others() {
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
    fn a_name_is_told_of_in_part() {
        let (_, skipped) =
            parse(&json!({"keys": [{"kid": "k".repeat(9999)}]}).to_string()).unwrap();
        assert_eq!(skipped[0].kid.len(), 64);
    }

    #[test]
    fn a_token_with_a_kid_is_served_by_keys_of_that_kid_alone() {
        let set = set(&[
            named(RS, "a"),
            TestKey::of(RS).jwk(json!({})),
            named(ES, "b"),
        ]);
        assert!(set.serves(Some("a"), RS));
        assert!(set.serves(Some("b"), ES));
        for (kid, algorithm) in [("b", RS), ("a", ES), ("c", RS), ("", RS), ("A", RS)] {
            assert!(!set.serves(Some(kid), algorithm), "{kid}");
        }
    }

    #[test]
    fn of_many_keys_with_one_kid_a_handful_that_fit_are_tried() {
        let mut keys = vec![named(ES, "a"); 3];
        keys.extend(vec![named(RS, "a"); 9]);
        let set = set(&keys);
        assert_eq!(set.candidates(Some("a"), RS).count(), MOST_CANDIDATES);
        assert_eq!(set.candidates(Some("a"), ES).count(), 3);
    }

    #[test]
    fn a_token_without_kid_is_served_where_exactly_one_key_fits() {
        for kid in [json!({}), json!({"kid": "a"})] {
            let key = TestKey::of(RS).jwk(kid);
            assert!(set(&[key.clone(), named(ES, "b")]).serves(None, RS));
            let two = set(&[key, named(RS, "b")]);
            assert!(!two.serves(None, RS));
            assert!(two.is_ambiguous(RS) && !two.is_ambiguous(ES));
        }
    }

    #[test]
    fn configured_keys_serve_any_kid() {
        let key = Key::parse(&named(RS, "a"), &ALL).unwrap();
        let key = KeySet::of_key(key);
        let secrets = KeySet::of_secrets(&[vec![1; 32], vec![2; 32]]);
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

        /// Every change of a byte is an error, a skipped key, or a set that still has its keys.
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
