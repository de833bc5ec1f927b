//! Holds what a token says, for the token itself and for the memory of verified tokens.

use super::draft::Draft;
use super::extract::{Extract, Span};
use super::json::Layout;
use super::origin::Origin;

/// The claims of a token as text, what was extracted from them, and where the token came from.
///
/// It is immutable, so several requests can share it.
pub(crate) struct Contents {
    /// The JSON text of the claims, and behind it strings that the extract refers to.
    text: Box<str>,
    /// The length of the JSON text.
    json_length: usize,
    pub(super) extract: Extract,
    pub(super) origin: Origin,
}

impl Contents {
    /// Creates the contents. Also returns the layout of the JSON text.
    pub(super) fn new(draft: Draft, origin: Origin) -> (Self, Layout) {
        let (mut text, layout) = draft.claims.into_parts();
        let json_length = text.len();
        text.push_str(&draft.copies);
        let contents = Self {
            text: text.into_boxed_str(),
            json_length,
            extract: draft.extract,
            origin,
        };
        (contents, layout)
    }

    /// Returns the JSON text of the claims.
    pub(super) fn json(&self) -> &str {
        self.text.get(..self.json_length).unwrap_or_default()
    }

    pub(super) fn resolve(&self, span: Span) -> &str {
        span.resolve(&self.text)
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Returns what the memory keeps of these contents.
    pub(crate) fn summary(&self) -> Summary {
        Summary {
            copies: self.text.get(self.json_length..).unwrap_or_default().into(),
            extract: self.extract.clone(),
            origin: self.origin,
        }
    }

    /// Returns the number of bytes that the contents take on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.text.len() + self.extract.heap_bytes()
    }

    /// Returns the number of allocations of the contents.
    pub(crate) fn heap_allocations(&self) -> usize {
        1 + self.extract.heap_allocations()
    }
}

/// The contents of a token without the JSON text, which can be decoded from the token again.
pub(crate) struct Summary {
    /// The strings behind the JSON text that the extract refers to. Few tokens have any.
    copies: Box<str>,
    extract: Extract,
    origin: Origin,
}

impl Summary {
    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Restores the contents, which share no memory with this summary. The text is the JSON text of the
    /// contents.
    pub(crate) fn restore(&self, mut text: String) -> Contents {
        let json_length = text.len();
        text.push_str(&self.copies);
        Contents {
            text: text.into_boxed_str(),
            json_length,
            extract: self.extract.clone(),
            origin: self.origin,
        }
    }

    /// Returns the number of bytes that the summary takes on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.copies.len() + self.extract.heap_bytes()
    }

    /// Returns the number of allocations of the summary.
    pub(crate) fn heap_allocations(&self) -> usize {
        usize::from(!self.copies.is_empty()) + self.extract.heap_allocations()
    }
}
