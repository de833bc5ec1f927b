//! Describes what is wrong with a configuration.

use std::fmt;

use super::source::Source;

/// A mistake in the configuration: which key, where its value comes from, and what to write.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The path of a key, such as `auth.issuer`, or the name of a variable or file.
    subject: String,
    /// Where the value comes from, if there is a value.
    source: Option<Source>,
    message: String,
}

impl Problem {
    pub(super) fn new(
        subject: impl Into<String>,
        source: Option<Source>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            subject: subject.into(),
            source,
            message: message.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.subject)?;
        if let Some(source) = &self.source {
            write!(f, " (from {source})")?;
        }
        write!(f, ": {}", self.message)
    }
}
