//! Defines the grammar of scopes (RFC 6749 §3.3). This module knows nothing about tokens or
//! requirements.

use std::ops::Range;

/// Returns whether this is a `scope-token`: one or more of `%x21 / %x23-5B / %x5D-7E`.
pub(crate) const fn is_scope_token(scope: &str) -> bool {
    let bytes = scope.as_bytes();
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        if !matches!(first, 0x21 | 0x23..=0x5B | 0x5D..=0x7E) {
            return false;
        }
        rest = tail;
    }
    !bytes.is_empty()
}

/// Returns whether this is one `scope-token`, or several with spaces between and around them.
pub(crate) const fn are_scope_tokens(scopes: &str) -> bool {
    let mut rest = scopes.as_bytes();
    let mut any = false;
    while let [first, tail @ ..] = rest {
        if !matches!(first, 0x20 | 0x21 | 0x23..=0x5B | 0x5D..=0x7E) {
            return false;
        }
        any |= *first != 0x20;
        rest = tail;
    }
    any
}

/// Splits a `scope` claim into its scopes. Only spaces (U+0020) separate them, and empty parts are
/// ignored.
pub(crate) fn split(scopes: &str) -> impl Iterator<Item = &str> {
    ranges(scopes).filter_map(|range| scopes.get(range))
}

/// Returns where the scopes of a `scope` claim are. It looks at each byte, because scopes are so short
/// that calling a search for the next space costs more.
pub(crate) fn ranges(scopes: &str) -> impl Iterator<Item = Range<usize>> {
    let mut end = 0;
    let parts = scopes.as_bytes().split(|byte| *byte == b' ');
    let parts = parts.map(move |part| {
        let start = end;
        end = start + part.len() + 1;
        start..start + part.len()
    });
    parts.filter(|range| !range.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_token_has_no_space_quote_or_backslash() {
        for good in ["read:messages", "!", "a#[]~", "https://example.com/read"] {
            assert!(is_scope_token(good), "{good}");
        }
        for bad in ["", "a b", "a\"b", "a\\b", "a\tb", "é", "a\u{7f}"] {
            assert!(!is_scope_token(bad), "{bad}");
        }
    }

    #[test]
    fn scope_tokens_are_not_empty_and_only_spaces_separate_them() {
        for good in ["a", "a b", " a  b ", "a#[]~ !"] {
            assert!(are_scope_tokens(good), "{good}");
        }
        for bad in ["", " ", "  ", "a\"b", "a b\\", "a\tb", "é a", "a\u{7f}"] {
            assert!(!are_scope_tokens(bad), "{bad}");
        }
    }

    #[test]
    fn only_spaces_separate_scopes() {
        assert_eq!(split(" a  b\tc ").collect::<Vec<_>>(), ["a", "b\tc"]);
    }
}
