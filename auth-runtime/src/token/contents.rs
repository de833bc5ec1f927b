//! What a token says, as the token itself and the memory of verified tokens hold it.

use super::access_token::Origin;
use super::extract::{Draft, Extract, Span};

/// The claims of a token as text, what was extracted from them, and where the token came from.
///
/// Nothing in it changes, so that several requests can share it.
pub(crate) struct Contents {
    /// The JSON text of the claims, and behind it strings that the extract refers to.
    text: Box<str>,
    /// How long the JSON text is.
    json_length: usize,
    pub(super) extract: Extract,
    pub(super) origin: Origin,
}

impl Contents {
    /// The draft is that of this text, which [`Object::parse`](super::Object::parse) accepted.
    pub(super) fn new(mut text: String, draft: Draft, origin: Origin) -> Self {
        let json_length = text.len();
        let extract = draft.complete(&mut text);
        Self {
            text: text.into_boxed_str(),
            json_length,
            extract,
            origin,
        }
    }

    /// The JSON text of the claims.
    pub(super) fn json(&self) -> &str {
        self.text.get(..self.json_length).unwrap_or_default()
    }

    pub(super) fn resolve(&self, span: Span) -> &str {
        span.resolve(&self.text)
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Returns the same contents in memory of their own.
    pub(crate) fn copied(&self) -> Self {
        Self {
            text: self.text.clone(),
            json_length: self.json_length,
            extract: self.extract.clone(),
            origin: self.origin,
        }
    }

    /// The bytes that it takes on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.text.len() + self.extract.heap_bytes()
    }

    /// The number of its allocations.
    pub(crate) fn heap_allocations(&self) -> usize {
        1 + usize::from(self.extract.heap_bytes() > 0)
    }
}
