//! Lists the values of a JSON text in the order of the text. Reading a text takes one allocation, and not
//! one for each object and array.

/// The values of a text, which they refer to and do not borrow from.
pub(crate) struct Layout {
    pub(super) nodes: Vec<Node>,
    /// The strings that are written with escapes, one behind the other and without their escapes.
    pub(super) unescaped: String,
}

/// A value, or the name of a member.
#[derive(Clone, Copy)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Unsigned(u64),
    Negative(i64),
    Float(f64),
    /// A string without escapes: its place in the text.
    Written(Place),
    /// A string with escapes: its place among the unescaped strings.
    Unescaped(Place),
    /// An array. This many nodes follow it: those of its items.
    Array(u32),
    /// An object. This many nodes follow it: for each member its name, and those of its value.
    Object(u32),
}

/// Four nodes fit into a cache line.
const _: () = assert!(size_of::<Node>() == 16);

/// Where a string starts and ends.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Place {
    #[inline]
    pub(super) fn new(start: usize, end: usize) -> Self {
        Self {
            start: narrow(start),
            end: narrow(end),
        }
    }

    #[inline]
    pub(super) fn resolve(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize)
            .unwrap_or_default()
    }

    #[inline]
    pub(super) fn bytes(self, text: &str) -> &[u8] {
        let bytes = text.as_bytes();
        bytes
            .get(self.start as usize..self.end as usize)
            .unwrap_or_default()
    }

    /// Returns whether this is the place of a value in a text. Most values differ in length, which is
    /// cheaper to compare than to look into the text.
    #[inline]
    pub(super) fn holds(self, text: &str, value: &str) -> bool {
        self.end.wrapping_sub(self.start) as usize == value.len()
            && self.bytes(text) == value.as_bytes()
    }
}

/// Narrows a position or a length in a text, which has at most [`MAX_BYTES`](super::reader::MAX_BYTES).
#[inline]
pub(super) fn narrow(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Node {
    pub(super) fn is_string(&self) -> bool {
        matches!(self, Self::Written(_) | Self::Unescaped(_))
    }

    /// Returns how many of the nodes behind this one belong to it.
    #[inline]
    pub(super) fn length(&self) -> usize {
        match self {
            Self::Array(length) | Self::Object(length) => *length as usize,
            _ => 0,
        }
    }
}

/// Takes the nodes of one value off the front of these.
#[inline]
pub(super) fn take_value<'d>(nodes: &mut &'d [Node]) -> Option<&'d [Node]> {
    let length = nodes.first()?.length() + 1;
    let (value, rest) = nodes.split_at_checked(length)?;
    *nodes = rest;
    Some(value)
}
