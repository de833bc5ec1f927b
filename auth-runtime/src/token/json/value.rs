//! Gives access to the values of a text.

use std::iter;
use std::num::NonZeroU32;

use jsonptr::Pointer;

use super::layout::{Layout, Node, take_value};
use super::number::Number;

/// A JSON value.
#[derive(Clone, Copy)]
pub(crate) enum Json<'d> {
    Null,
    Bool(bool),
    Number(Number),
    String(Text<'d>),
    Array(Array<'d>),
    Object(Object<'d>),
}

/// An array.
#[derive(Clone, Copy)]
pub(crate) struct Array<'d> {
    texts: Texts<'d>,
    /// The nodes of the items.
    nodes: &'d [Node],
}

/// An object, in which no name occurs twice.
#[derive(Clone, Copy)]
pub(crate) struct Object<'d> {
    texts: Texts<'d>,
    /// For each member the node of its name and those of its value.
    nodes: &'d [Node],
}

/// A string without its escapes.
#[derive(Clone, Copy, Default)]
pub(crate) struct Text<'d> {
    value: &'d str,
    /// Where the string starts in the text, if it is written without escapes. A quote comes before it.
    start: Option<NonZeroU32>,
}

/// Where a value of an object is.
#[derive(Clone, Copy)]
pub(crate) struct Located<'d>(&'d [Node]);

/// The texts that nodes refer to.
#[derive(Clone, Copy)]
struct Texts<'d> {
    text: &'d str,
    unescaped: &'d str,
}

impl<'d> Json<'d> {
    /// Returns the string's value if this is a string.
    #[inline]
    pub(crate) fn as_str(self) -> Option<&'d str> {
        match self {
            Self::String(text) => Some(text.as_str()),
            _ => None,
        }
    }

    /// Returns the number's value if this is a number. Integers above 2^53 are rounded.
    #[inline]
    pub(crate) fn as_f64(self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number.as_f64()),
            _ => None,
        }
    }

    /// Returns the object if this is one.
    pub(crate) fn as_object(self) -> Option<Object<'d>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Returns the strings of an array if all its items are strings.
    pub(crate) fn as_strings(self) -> Option<impl Iterator<Item = Text<'d>>> {
        let Self::Array(Array { texts, nodes }) = self else {
            return None;
        };
        let strings = nodes.iter().map(move |node| texts.text(node));
        nodes.iter().all(Node::is_string).then_some(strings)
    }

    /// Returns the member of this object or the item of this array that a step of a JSON pointer
    /// leads to.
    fn step(self, token: &jsonptr::Token<'_>) -> Option<Self> {
        match self {
            Self::Object(object) => object.get(&token.decoded()),
            Self::Array(array) => {
                let count = array.items().count();
                array
                    .items()
                    .nth(token.to_index().ok()?.for_len(count).ok()?)
            }
            _ => None,
        }
    }
}

impl<'d> Array<'d> {
    pub(crate) fn items(self) -> impl Iterator<Item = Json<'d>> {
        let mut rest = self.nodes;
        iter::from_fn(move || take_value(&mut rest).map(|value| self.texts.value(value)))
    }
}

impl<'d> Object<'d> {
    /// Returns the object that is the whole text, which it was read from.
    pub(crate) fn whole(text: &'d str, layout: &'d Layout) -> Self {
        Self::at_front(text, layout, &layout.nodes)
    }

    /// Returns the object that the first of these nodes stands for. The others are its contents.
    pub(super) fn at_front(text: &'d str, layout: &'d Layout, nodes: &'d [Node]) -> Self {
        Self {
            texts: Texts {
                text,
                unescaped: &layout.unescaped,
            },
            nodes: nodes.get(1..).unwrap_or_default(),
        }
    }

    pub(crate) fn get(self, name: &str) -> Option<Json<'d>> {
        self.find(name).map(|(_, value)| value)
    }

    /// Returns the member of this name, and how many members come before it.
    pub(crate) fn find(self, name: &str) -> Option<(usize, Json<'d>)> {
        for (index, (own, value)) in self.entries().enumerate() {
            if self.texts.is(own, name) {
                return Some((index, self.value(value)));
            }
        }
        None
    }

    /// Returns the value that the pointer leads to.
    pub(crate) fn at(self, pointer: &Pointer) -> Option<Json<'d>> {
        let mut steps = pointer.tokens();
        steps.try_fold(Json::Object(self), |value, token| value.step(&token))
    }

    /// Returns the members in the order of the text.
    pub(crate) fn members(self) -> impl Iterator<Item = (Text<'d>, Json<'d>)> {
        self.entries()
            .map(move |(name, value)| (self.texts.text(name), self.value(value)))
    }

    /// Returns the names of the members, and where their values are.
    pub(crate) fn located(self) -> impl Iterator<Item = (&'d str, Located<'d>)> {
        self.entries()
            .map(move |(name, value)| (self.texts.text(name).as_str(), value))
    }

    /// Returns the value that was located in this object.
    #[inline]
    pub(crate) fn value(self, located: Located<'d>) -> Json<'d> {
        self.texts.value(located.0)
    }

    fn entries(self) -> Entries<'d> {
        Entries(self.nodes)
    }
}

/// Iterates over the members of an object.
struct Entries<'d>(&'d [Node]);

impl<'d> Iterator for Entries<'d> {
    type Item = (&'d Node, Located<'d>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (name, mut rest) = self.0.split_first()?;
        let value = take_value(&mut rest)?;
        self.0 = rest;
        Some((name, Located(value)))
    }
}

impl<'d> Texts<'d> {
    /// Returns whether the node is a string with this value.
    #[inline]
    fn is(self, node: &Node, value: &str) -> bool {
        match node {
            Node::Written(place) => place.holds(self.text, value),
            Node::Unescaped(place) => place.holds(self.unescaped, value),
            _ => false,
        }
    }

    #[inline]
    fn value(self, nodes: &'d [Node]) -> Json<'d> {
        let Some((node, nodes)) = nodes.split_first() else {
            return Json::Null;
        };
        let texts = self;
        match node {
            Node::Null => Json::Null,
            Node::Bool(value) => Json::Bool(*value),
            Node::Unsigned(number) => Json::Number(Number::Unsigned(*number)),
            Node::Negative(number) => Json::Number(Number::Negative(*number)),
            Node::Float(number) => Json::Number(Number::Float(*number)),
            Node::Written(_) | Node::Unescaped(_) => Json::String(self.text(node)),
            Node::Array(_) => Json::Array(Array { texts, nodes }),
            Node::Object(_) => Json::Object(Object { texts, nodes }),
        }
    }

    #[inline]
    fn text(self, node: &Node) -> Text<'d> {
        match node {
            Node::Written(place) => Text {
                value: place.resolve(self.text),
                start: NonZeroU32::new(place.start),
            },
            Node::Unescaped(place) => Text {
                value: place.resolve(self.unescaped),
                start: None,
            },
            _ => Text::default(),
        }
    }
}

impl<'d> Text<'d> {
    pub(crate) fn as_str(self) -> &'d str {
        self.value
    }

    /// Returns the position of the value in the text, or `None` if the text has escapes in its place.
    pub(crate) fn position(self) -> Option<usize> {
        self.start.map(|start| start.get() as usize)
    }
}
