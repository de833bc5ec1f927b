//! Reads the document of a JSON Web Key Set (RFC 7517 §5).

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

use super::jwk::Jwk;

const MAX_KEYS: usize = 100;

/// The keys of a document, in its order.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) keys: Vec<Jwk>,
}

/// The reason why a document is not a key set.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotAKeySet {
    #[error("it is not JSON: {0}")]
    Json(serde_json::Error),
    #[error("it has no list `keys`")]
    NoKeys,
    #[error("it has {0} keys, more than {MAX_KEYS}")]
    TooManyKeys(usize),
}

impl Document {
    /// Parses a document.
    ///
    /// # Errors
    /// Fails if the text is not a key set.
    pub(super) fn parse(text: &[u8]) -> Result<Self, NotAKeySet> {
        let keys: Keys =
            serde_json::from_slice(without_bom(text)).map_err(|error| match error.classify() {
                Category::Data => NotAKeySet::NoKeys,
                Category::Syntax | Category::Eof | Category::Io => NotAKeySet::Json(error),
            })?;
        if keys.count > MAX_KEYS {
            return Err(NotAKeySet::TooManyKeys(keys.count));
        }
        Ok(Self { keys: keys.list })
    }
}

/// Removes a byte order mark, which some servers put in front of JSON. RFC 8259 §8.1 allows parsers
/// to ignore it.
pub(super) fn without_bom(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// The member `keys` of a document. Keys beyond the maximum number are dropped.
struct Keys {
    list: Vec<Jwk>,
    count: usize,
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(DocumentVisitor)
    }
}

struct DocumentVisitor;

impl<'de> Visitor<'de> for DocumentVisitor {
    type Value = Keys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a list `keys`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
        let mut keys = None;
        while let Some(name) = map.next_key::<String>()? {
            if name != "keys" {
                map.next_value::<IgnoredAny>()?;
            } else if keys.replace(map.next_value::<List>()?.0).is_some() {
                return Err(A::Error::duplicate_field("keys"));
            }
        }
        keys.ok_or_else(|| A::Error::missing_field("keys"))
    }
}

struct List(Keys);

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ListVisitor)
    }
}

struct ListVisitor;

impl<'de> Visitor<'de> for ListVisitor {
    type Value = List;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of keys")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List, A::Error> {
        let mut list = Vec::new();
        while list.len() < MAX_KEYS
            && let Some(key) = seq.next_element()?
        {
            list.push(key);
        }
        let mut count = list.len();
        while seq.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(List(Keys { list, count }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<usize, NotAKeySet> {
        Document::parse(text.as_bytes()).map(|document| document.keys.len())
    }

    #[test]
    fn a_document_without_a_list_of_keys_is_not_a_key_set() {
        for text in [
            r#"{"keys":{}}"#,
            "{}",
            r#"{"keys":null}"#,
            r#"{"Keys":[]}"#,
            r#"{"keys":[],"keys":[]}"#,
            "[]",
            "[[]]",
            "null",
            "\"keys\"",
        ] {
            assert!(matches!(parse(text), Err(NotAKeySet::NoKeys)), "{text}");
        }
    }

    #[test]
    fn a_document_that_is_not_json_is_not_a_key_set() {
        for text in [
            "",
            "<html></html>",
            r#"{"keys":["#,
            r#"{"keys":[]}{}"#,
            r#"{"keys":[]}x"#,
        ] {
            assert!(matches!(parse(text), Err(NotAKeySet::Json(_))), "{text}");
        }
        assert!(Document::parse(b"{\"keys\":[\"\xff\"]}").is_err());
    }

    #[test]
    fn a_byte_order_mark_is_ignored() {
        assert_eq!(parse("\u{feff}{\"keys\":[1]}").unwrap(), 1);
        assert!(parse("\u{feff}\u{feff}{\"keys\":[]}").is_err());
    }

    #[test]
    fn a_set_has_at_most_a_hundred_keys() {
        let keys = |count| format!(r#"{{"keys":[{}]}}"#, vec!["{}"; count].join(","));
        assert_eq!(parse(&keys(100)).unwrap(), 100);
        assert!(matches!(
            parse(&keys(101)),
            Err(NotAKeySet::TooManyKeys(101))
        ));
    }

    #[test]
    fn irrelevant_members_may_have_any_value() {
        let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
        for odd in ["1e999", r#""\ud800""#, "null", &deep] {
            let text = format!(r#"{{"side":{odd},"keys":[{{"x5c":{odd}}},{{"x5t":1}}]}}"#);
            assert_eq!(parse(&text).unwrap(), 2, "{odd}");
        }
    }
}
