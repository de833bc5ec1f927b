//! Parses JSON (RFC 8259) by recursive descent, and refuses text that parsers could understand
//! differently.
//!
//! Each function reads at a position and returns the position behind what it read. A position
//! that all functions share would be written and read for each byte.

use super::duplicates::{Marks, has_duplicate};
use super::layout::{Layout, Node, Place, narrow};
use super::scan::plain_length;
use super::value::Object;

/// The maximum number of nested objects and arrays.
const MAX_DEPTH: usize = 64;
/// The prefix of member names to which `serde_json` gives a special meaning, if any crate in the
/// build enables its feature `arbitrary_precision` or `raw_value`.
const RESERVED_PREFIX: &[u8] = b"$serde_json::private::";
/// The length of the longest text. A [`Place`] holds positions in four bytes.
pub(super) const MAX_BYTES: usize = 16 << 20;
/// The initial capacity for the values of a text. It suffices for the claims of most tokens and takes less
/// than 1 KiB, which allocators serve fastest.
const USUAL_NODES: usize = 40;

/// The error for a text that this reader does not accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem} at byte {position}")]
pub(crate) struct JsonError {
    pub(crate) problem: Problem,
    pub(crate) position: u32,
}

/// The reason why a text is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Problem {
    #[error("invalid JSON syntax")]
    Syntax,
    #[error("not a JSON object")]
    NotAnObject,
    #[error("a duplicate member name in the object")]
    DuplicateName,
    #[error("a member name that `serde_json` reserves")]
    ReservedName,
    #[error("more than 16 MiB")]
    TooLong,
    #[error("more than {MAX_DEPTH} levels of nesting")]
    TooDeep,
    #[error("a number that is too large")]
    NumberOutOfRange,
    #[error("a surrogate escape without its other half")]
    LoneSurrogate,
}

impl Problem {
    /// Returns the error for this problem at a position.
    pub(super) fn at(self, position: usize) -> JsonError {
        JsonError {
            problem: self,
            position: narrow(position),
        }
    }
}

impl Layout {
    /// Lists the values of a text that is one JSON object with white space around it.
    ///
    /// # Errors
    /// Fails if [`Document::parse`](super::Document::parse) does.
    pub(crate) fn read(text: &str) -> Result<Self, JsonError> {
        if text.len() > MAX_BYTES {
            return Err(Problem::TooLong.at(MAX_BYTES));
        }
        let mut reader = Reader {
            text,
            depth: 0,
            layout: Self {
                nodes: Vec::with_capacity(USUAL_NODES),
                unescaped: String::new(),
            },
        };
        reader.document()?;
        Ok(reader.layout)
    }
}

pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    /// The number of open objects and arrays.
    depth: usize,
    /// What was read so far.
    pub(super) layout: Layout,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<(), JsonError> {
        let start = self.skip_white_space(0);
        let end = self.value(start)?;
        let end = self.skip_white_space(end);
        if self.byte(end).is_some() {
            return Err(Problem::Syntax.at(end));
        }
        match self.layout.nodes.first() {
            Some(Node::Object(_)) => Ok(()),
            _ => Err(Problem::NotAnObject.at(0)),
        }
    }

    #[inline]
    fn value(&mut self, at: usize) -> Result<usize, JsonError> {
        match self.byte(at) {
            Some(b'"') => self.string(at),
            Some(b'{') => self.nested(at, Self::members),
            Some(b'[') => self.nested(at, Self::items),
            _ => self.number_or_literal(at),
        }
    }

    fn number_or_literal(&mut self, at: usize) -> Result<usize, JsonError> {
        match self.byte(at) {
            Some(b'-' | b'0'..=b'9') => self.number(at),
            Some(b't') => self.literal(at, "true", Node::Bool(true)),
            Some(b'f') => self.literal(at, "false", Node::Bool(false)),
            Some(b'n') => self.literal(at, "null", Node::Null),
            _ => Err(Problem::Syntax.at(at)),
        }
    }

    /// Reads an object or an array, which bounds the recursion. The function reads what is in it.
    #[inline]
    fn nested(
        &mut self,
        at: usize,
        read: fn(&mut Self, usize) -> Result<usize, JsonError>,
    ) -> Result<usize, JsonError> {
        if self.depth == MAX_DEPTH {
            return Err(Problem::TooDeep.at(at));
        }
        self.depth += 1;
        let end = read(self, at)?;
        self.depth -= 1;
        Ok(end)
    }

    /// Reads an object.
    fn members(&mut self, start: usize) -> Result<usize, JsonError> {
        let index = self.open();
        let mut marks = Marks::default();
        let mut at = self.skip_white_space(start + 1);
        if self.byte(at) != Some(b'}') {
            loop {
                at = self.name(at, &mut marks)?;
                at = self.skip_white_space(at);
                at = self.expect(at, b':')?;
                at = self.skip_white_space(at);
                at = self.value(at)?;
                at = self.skip_white_space(at);
                if self.byte(at) != Some(b',') {
                    break;
                }
                at = self.skip_white_space(at + 1);
            }
        }
        at = self.expect(at, b'}')?;
        self.close(index, Node::Object);
        if marks.are_repeated() && self.has_duplicate(index) {
            return Err(Problem::DuplicateName.at(start));
        }
        Ok(at)
    }

    #[inline]
    fn name(&mut self, at: usize, marks: &mut Marks) -> Result<usize, JsonError> {
        if self.byte(at) != Some(b'"') {
            return Err(Problem::Syntax.at(at));
        }
        let end = self.string(at)?;
        let name = match self.layout.nodes.last() {
            Some(Node::Written(place)) => place.bytes(self.text),
            Some(Node::Unescaped(place)) => place.bytes(&self.layout.unescaped),
            _ => &[],
        };
        if name.starts_with(RESERVED_PREFIX) {
            return Err(Problem::ReservedName.at(end));
        }
        marks.add(name);
        Ok(end)
    }

    #[cold]
    fn has_duplicate(&self, index: usize) -> bool {
        let nodes = self.layout.nodes.get(index..).unwrap_or_default();
        let object = Object::at_front(self.text, &self.layout, nodes);
        has_duplicate(object.members().map(|(name, _)| name.as_str()))
    }

    /// Reads an array.
    fn items(&mut self, start: usize) -> Result<usize, JsonError> {
        let index = self.open();
        let mut at = self.skip_white_space(start + 1);
        if self.byte(at) != Some(b']') {
            loop {
                at = self.value(at)?;
                at = self.skip_white_space(at);
                if self.byte(at) != Some(b',') {
                    break;
                }
                at = self.skip_white_space(at + 1);
            }
        }
        at = self.expect(at, b']')?;
        self.close(index, Node::Array);
        Ok(at)
    }

    /// Adds a node for an object or an array, and returns its index.
    fn open(&mut self) -> usize {
        self.add(Node::Null);
        self.layout.nodes.len() - 1
    }

    /// Replaces the node at this index by one that says how many nodes follow it.
    fn close(&mut self, index: usize, node: impl FnOnce(u32) -> Node) {
        let length = narrow(self.layout.nodes.len() - index - 1);
        if let Some(open) = self.layout.nodes.get_mut(index) {
            *open = node(length);
        }
    }

    #[inline]
    pub(super) fn add(&mut self, node: Node) {
        self.layout.nodes.push(node);
    }

    fn literal(&mut self, at: usize, literal: &str, node: Node) -> Result<usize, JsonError> {
        if !self.rest(at).starts_with(literal.as_bytes()) {
            return Err(Problem::Syntax.at(at));
        }
        self.add(node);
        Ok(at + literal.len())
    }

    /// Reads a string that starts with a quote.
    fn string(&mut self, at: usize) -> Result<usize, JsonError> {
        let start = at + 1;
        let end = start + plain_length(self.rest(start));
        if self.byte(end) == Some(b'"') {
            self.add(Node::Written(Place::new(start, end)));
            Ok(end + 1)
        } else {
            self.rest_of_string(start, end)
        }
    }

    #[inline]
    fn skip_white_space(&self, mut at: usize) -> usize {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.byte(at) {
            at += 1;
        }
        at
    }

    #[inline]
    pub(super) fn expect(&self, at: usize, byte: u8) -> Result<usize, JsonError> {
        if self.byte(at) == Some(byte) {
            Ok(at + 1)
        } else {
            Err(Problem::Syntax.at(at))
        }
    }

    #[inline]
    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    #[inline]
    pub(super) fn rest(&self, at: usize) -> &[u8] {
        self.text.as_bytes().get(at..).unwrap_or_default()
    }
}
