//! Writes `WWW-Authenticate` (RFC 6750 §3, RFC 9110 §11.6.1), which no other module does.
//!
//! Every value of a parameter is a [`HeaderText`]. Text from a client or an application can therefore
//! never end a quoted string or start another header.

use std::fmt::{self, Write};
use std::sync::Arc;

/// Text that needs no escaping in a quoted string: printable ASCII characters and spaces without
/// `"` and `\`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HeaderText(Arc<str>);

impl HeaderText {
    /// Checks the text. Returns `None` if it is empty or would need escaping.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// RFC 6750.
    Bearer,
    /// RFC 9449.
    Dpop,
}

impl Scheme {
    /// Matches a name in any case (RFC 9110 §11.1).
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let all = [Self::Bearer, Self::Dpop];
        all.into_iter()
            .find(|scheme| name.eq_ignore_ascii_case(scheme.name()))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::Dpop => "DPoP",
        }
    }
}

/// The request and the configuration that a challenge depends on.
///
/// An [`AuthError`](super::AuthError) gets it when it is recorded with its request. Without a request
/// it has the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ChallengeContext {
    /// The scheme that the client used, if we know it.
    pub(crate) scheme: Option<Scheme>,
    pub(crate) settings: ChallengeSettings,
}

/// The settings that all challenges share.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ChallengeSettings {
    /// What the credentials are for (RFC 9110 §11.5).
    pub(crate) realm: Option<HeaderText>,
    /// Set if `DPoP` is on.
    pub(crate) dpop: Option<DpopChallenge>,
    /// The URL of the API's metadata (RFC 9728 §5.1).
    pub(crate) resource_metadata: Option<HeaderText>,
}

/// How a challenge offers `DPoP`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DpopChallenge {
    pub(crate) is_required: bool,
    /// The accepted algorithms of proofs, separated by spaces.
    pub(crate) algorithms: HeaderText,
}

impl ChallengeContext {
    /// Returns the schemes to offer to a client that did not send credentials of a known scheme.
    pub(super) fn offered(&self) -> &'static [Scheme] {
        match &self.settings.dpop {
            None => &[Scheme::Bearer],
            Some(dpop) if dpop.is_required => &[Scheme::Dpop],
            Some(_) => &[Scheme::Bearer, Scheme::Dpop],
        }
    }

    /// Returns the scheme that the client used, or the one to offer.
    pub(super) fn used(&self) -> Scheme {
        let used = self.scheme.filter(|scheme| self.offered().contains(scheme));
        used.or(self.offered().first().copied())
            .unwrap_or(Scheme::Bearer)
    }

    /// Returns the scheme that a client with a bound token has to use.
    pub(super) fn bound(&self) -> Scheme {
        match self.settings.dpop {
            Some(_) => Scheme::Dpop,
            None => Scheme::Bearer,
        }
    }

    /// Begins a challenge with its scheme and the realm.
    pub(super) fn begin(&self, scheme: Scheme) -> ChallengeWriter {
        let mut challenge = ChallengeWriter::new(scheme);
        if let Some(realm) = &self.settings.realm {
            challenge.parameter("realm", realm);
        }
        challenge
    }

    /// Ends a challenge with the parameters that the configuration adds to it.
    pub(super) fn finish(&self, scheme: Scheme, mut challenge: ChallengeWriter) -> String {
        if let (Scheme::Dpop, Some(dpop)) = (scheme, &self.settings.dpop) {
            challenge.parameter("algs", &dpop.algorithms);
        }
        if let Some(url) = &self.settings.resource_metadata {
            challenge.parameter("resource_metadata", url);
        }
        challenge.text
    }
}

/// Writes one challenge: a scheme and its parameters.
pub(super) struct ChallengeWriter {
    text: String,
    has_parameters: bool,
}

impl ChallengeWriter {
    fn new(scheme: Scheme) -> Self {
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
    fn a_list_with_an_invalid_scope_is_refused_as_a_whole() {
        assert!(HeaderText::from_scopes(&["read:a", "b"]).is_some());
        assert_eq!(HeaderText::from_scopes::<&str>(&[]), None);
        assert_eq!(HeaderText::from_scopes(&["a b"]), None);
        assert_eq!(HeaderText::from_scopes(&["a", ""]), None);
    }
}
