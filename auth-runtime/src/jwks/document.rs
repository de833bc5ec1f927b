//! Reads the document of a JSON Web Key Set (RFC 7517 §5).

use serde::de::IgnoredAny;

use super::raw_json::{items, members};

const MAX_KEYS: usize = 100;

/// The reason why a document is not a key set.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotAKeySet {
    #[error("it is not UTF-8")]
    NotUtf8(#[from] std::str::Utf8Error),
    #[error("it is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("it has no list `keys`")]
    NoKeys,
    #[error("it has {0} keys, more than {MAX_KEYS}")]
    TooManyKeys(usize),
}

/// Returns the text of each key of a document, in its order. Each is valid JSON.
///
/// # Errors
/// Fails if the document is not a key set.
pub(super) fn keys(document: &[u8]) -> Result<Vec<&str>, NotAKeySet> {
    let document = std::str::from_utf8(without_bom(document))?;
    serde_json::from_str::<IgnoredAny>(document)?;
    let members = members(document).unwrap_or_default();
    let mut lists = members.into_iter().filter(|(name, _)| is_keys(name));
    let (Some((_, list)), None) = (lists.next(), lists.next()) else {
        return Err(NotAKeySet::NoKeys);
    };
    let keys = items(list).ok_or(NotAKeySet::NoKeys)?;
    if keys.len() > MAX_KEYS {
        return Err(NotAKeySet::TooManyKeys(keys.len()));
    }
    Ok(keys)
}

/// Returns whether a member has this name, which may have escapes.
fn is_keys(name: &str) -> bool {
    serde_json::from_str::<String>(name).is_ok_and(|name| name == "keys")
}

/// Removes a byte order mark, which some servers put in front of JSON. RFC 8259 §8.1 allows parsers
/// to ignore it.
pub(super) fn without_bom(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<usize, NotAKeySet> {
        keys(text.as_bytes()).map(|keys| keys.len())
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
        let not_utf8 = keys(b"{\"keys\":[\"\xff\"]}");
        assert!(matches!(not_utf8, Err(NotAKeySet::NotUtf8(_))));
    }

    #[test]
    fn a_byte_order_mark_is_ignored() {
        assert_eq!(parse("\u{feff}{\"keys\":[1]}").unwrap(), 1);
        assert!(parse("\u{feff}\u{feff}{\"keys\":[]}").is_err());
    }

    #[test]
    fn a_set_has_at_most_a_hundred_keys() {
        let set = |count| format!(r#"{{"keys":[{}]}}"#, vec!["{}"; count].join(","));
        assert_eq!(parse(&set(100)).unwrap(), 100);
        assert!(matches!(
            parse(&set(101)),
            Err(NotAKeySet::TooManyKeys(101))
        ));
    }

    #[test]
    fn no_value_affects_the_other_keys() {
        let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
        for odd in ["1e999", r#""\ud800""#, "null", &deep] {
            let text = format!(
                r#"{{"side":{odd},"\ud800":1,"keys":[{{"x5c":{odd}}},{odd},{{"n":{odd}}},{{"x5t":1}}]}}"#
            );
            assert_eq!(parse(&text).unwrap(), 4, "{odd}");
        }
    }
}
