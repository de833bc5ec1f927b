//! Distinguishes the name of a claim from a JSON pointer to a value.

use jsonptr::Pointer;

/// The name of a claim, or a JSON pointer (RFC 6901) to a claim or to a value in one.
#[derive(Clone, Copy)]
pub(crate) enum ClaimPath<'p> {
    Name(&'p str),
    Pointer(&'p Pointer),
}

impl<'p> ClaimPath<'p> {
    /// Parses a path. A text that begins with `/` is a pointer, and any other text is a name.
    ///
    /// Returns `None` for a pointer with a `~` that is not part of `~0` or `~1`.
    #[inline]
    pub(crate) fn parse(text: &'p str) -> Option<Self> {
        if text.starts_with('/') {
            Pointer::parse(text).ok().map(Self::Pointer)
        } else {
            Some(Self::Name(text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_text_that_begins_with_a_slash_is_a_pointer() {
        for name in ["", "a", "a/b", "~", "a~2", " /a", "https://a.test/roles"] {
            let path = ClaimPath::parse(name);
            assert!(
                matches!(path, Some(ClaimPath::Name(own)) if own == name),
                "{name}"
            );
        }
        for pointer in ["/", "/a", "/a/0", "//", "/~0", "/~1a/~01"] {
            let path = ClaimPath::parse(pointer);
            assert!(
                matches!(path, Some(ClaimPath::Pointer(own)) if own.as_str() == pointer),
                "{pointer}"
            );
        }
    }

    #[test]
    fn a_pointer_has_no_other_escapes_than_those_of_rfc_6901() {
        for pointer in ["/~", "/a~", "/~2", "/~a", "/~~1", "/a~/b", "/a/~/b", "/~é"] {
            assert!(ClaimPath::parse(pointer).is_none(), "{pointer}");
        }
    }
}
