//! The one place that writes `WWW-Authenticate` (RFC 6750 §3, RFC 9110 §11.6.1).
//!
//! Every value of a parameter is a [`HeaderText`], so that nothing that a client sent or an
//! application composed can end a quoted string or start another header.

use std::fmt::{self, Write};
use std::sync::Arc;

/// Text that needs no escaping in a quoted string: printable ASCII characters and spaces without
/// `"` and `\`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HeaderText(Arc<str>);

impl HeaderText {
    /// Returns `None` if the text is empty or would need escaping.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let is_plain = |byte: &u8| matches!(byte, 0x20 | 0x21 | 0x23..=0x5B | 0x5D..=0x7E);
        (!text.is_empty() && text.as_bytes().iter().all(is_plain)).then(|| Self(text.into()))
    }

    /// Joins scopes with spaces. Returns `None` if there are none, or if one of them is not a scope.
    pub(crate) fn from_scopes<S: AsRef<str>>(scopes: &[S]) -> Option<Self> {
        let scopes: Vec<&str> = scopes.iter().map(AsRef::as_ref).collect();
        // The grammar of a scope (RFC 6749 §3.3) is that of this type without the space.
        let are_single = scopes
            .iter()
            .all(|scope| !scope.is_empty() && !scope.contains(' '));
        are_single.then(|| Self::new(&scopes.join(" "))).flatten()
    }
}

impl fmt::Display for HeaderText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An authentication scheme that clients can use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// RFC 6750.
    #[default]
    Bearer,
}

impl Scheme {
    fn name(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
        }
    }
}

/// What a challenge depends on beside the error: the request and the configuration.
///
/// [`AuthError`](super::AuthError) gets it when it is recorded with its request. An error that never
/// met a request has the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ChallengeContext {
    /// The scheme that the client used.
    pub(crate) scheme: Scheme,
}

/// Writes one challenge: a scheme and its parameters.
pub(super) struct ChallengeWriter {
    text: String,
    has_parameters: bool,
}

impl ChallengeWriter {
    pub(super) fn new(scheme: Scheme) -> Self {
        Self {
            text: scheme.name().to_owned(),
            has_parameters: false,
        }
    }

    /// Adds `name="value"`.
    pub(super) fn parameter(&mut self, name: &'static str, value: &HeaderText) {
        self.write(name, format_args!("{value}"));
    }

    /// Adds an `error` of our own table.
    pub(super) fn error(&mut self, error: &'static str) {
        self.write("error", format_args!("{error}"));
    }

    /// Adds `name="number"`.
    pub(super) fn number(&mut self, name: &'static str, value: u64) {
        self.write(name, format_args!("{value}"));
    }

    fn write(&mut self, name: &'static str, value: fmt::Arguments<'_>) {
        let separator = if self.has_parameters { ", " } else { " " };
        self.has_parameters = true;
        // Writing to a string does not fail.
        let _ = write!(self.text, "{separator}{name}=\"{value}\"");
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::HeaderText;

    #[test]
    fn text_that_would_need_escaping_is_refused() {
        for text in [
            "",
            "a\"b",
            "a\\b",
            "a\r\nSet-Cookie: b",
            "a\tb",
            "é",
            "\u{7f}",
        ] {
            assert_eq!(HeaderText::new(text), None, "{text:?}");
        }
        assert!(HeaderText::new("https://api.example.com/a?b=c").is_some());
    }

    #[test]
    fn a_list_with_anything_but_scopes_is_refused_as_a_whole() {
        assert!(HeaderText::from_scopes(&["read:a", "b"]).is_some());
        assert_eq!(HeaderText::from_scopes::<&str>(&[]), None);
        assert_eq!(HeaderText::from_scopes(&["a b"]), None);
        assert_eq!(HeaderText::from_scopes(&["a", ""]), None);
    }
}
