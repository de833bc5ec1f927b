//! Holds a text and its values.

use super::layout::Layout;
use super::reader::JsonError;
use super::value::Object;

/// A text that is one JSON object, and its values.
pub(crate) struct Document<T> {
    text: T,
    layout: Layout,
}

impl<T: AsRef<str>> Document<T> {
    /// Reads a text that is one JSON object with white space around it.
    ///
    /// # Errors
    /// Fails if the text is anything else, if a member name occurs twice in one object at any
    /// depth or is reserved by `serde_json`, if a string is not Unicode text, if a number exceeds
    /// the range of an `f64`, if the text nests deeper than 64 levels, or if it is longer than 16 MiB.
    pub(crate) fn parse(text: T) -> Result<Self, JsonError> {
        let layout = Layout::read(text.as_ref())?;
        Ok(Self { text, layout })
    }

    pub(crate) fn object(&self) -> Object<'_> {
        Object::whole(self.text.as_ref(), &self.layout)
    }

    pub(crate) fn text(&self) -> &str {
        self.text.as_ref()
    }

    /// Returns the text and the layout of its values.
    pub(crate) fn into_parts(self) -> (T, Layout) {
        (self.text, self.layout)
    }
}
