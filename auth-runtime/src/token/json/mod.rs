//! Reads the JSON of a token strictly and once. Everything that is known about a token comes from
//! this reader. It knows nothing about claims, and features of `serde_json` do not change what it
//! reads.

mod duplicates;
mod escapes;
mod reader;
mod scan;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use jsonptr::Pointer;
use serde::{Serialize, Serializer};
use serde_json::Value;

pub(crate) use self::reader::JsonError;
#[cfg(fuzzing)]
pub(crate) use self::reader::Problem as JsonProblem;

/// A JSON value that borrows from the text that it was read from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json<'a> {
    Null,
    Bool(bool),
    Number(Number),
    String(Text<'a>),
    Array(Vec<Self>),
    Object(Object<'a>),
}

/// The members of an object, in the order of the text. No name occurs twice.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Object<'a>(Vec<(Text<'a>, Json<'a>)>);

/// A number, as `serde_json` keeps it by default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Unsigned(u64),
    Negative(i64),
    /// Finite.
    Float(f64),
}

/// A string without its escapes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Text<'a> {
    /// The value, which is borrowed if the string is written without escapes.
    value: Cow<'a, str>,
    /// Where the string starts in the text.
    start: usize,
}

impl<'a> Json<'a> {
    /// Returns the string's value if this is a string.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text.as_str()),
            _ => None,
        }
    }

    /// Returns the number's value if this is a number. Integers above 2^53 are rounded.
    pub(crate) fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number.as_f64()),
            _ => None,
        }
    }

    /// Returns the object if this is one.
    pub(crate) fn as_object(&self) -> Option<&Object<'a>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Returns the strings of an array if all its items are strings.
    pub(crate) fn as_strings(&self) -> Option<impl Iterator<Item = &Text<'a>>> {
        let Self::Array(items) = self else {
            return None;
        };
        let is_string = |item: &Self| matches!(item, Self::String(_));
        items.iter().all(is_string).then(|| {
            items.iter().filter_map(|item| match item {
                Self::String(text) => Some(text),
                _ => None,
            })
        })
    }

    /// Returns the member of this object or the item of this array that a step of a JSON pointer
    /// leads to.
    fn step(&self, token: &jsonptr::Token<'_>) -> Option<&Self> {
        match self {
            Self::Object(object) => object.get(&token.decoded()),
            Self::Array(items) => items.get(token.to_index().ok()?.for_len(items.len()).ok()?),
            _ => None,
        }
    }
}

impl<'a> Object<'a> {
    pub(crate) fn get(&self, name: &str) -> Option<&Json<'a>> {
        let mut members = self.0.iter();
        let member = members.find(|(own, _)| is_same_name(own.as_str(), name));
        member.map(|(_, value)| value)
    }

    /// Returns the member of this name or, if the name begins with `/`, the value that it leads to
    /// as a JSON pointer (RFC 6901).
    pub(crate) fn at(&self, name: &str) -> Option<&Json<'a>> {
        if !name.starts_with('/') {
            return self.get(name);
        }
        let mut steps = Pointer::parse(name).ok()?.tokens();
        let first = self.get(&steps.next()?.decoded())?;
        steps.try_fold(first, |value, token| value.step(&token))
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = (&Text<'a>, &Json<'a>)> {
        self.0.iter().map(|(name, value)| (name, value))
    }
}

impl Number {
    pub(crate) fn as_f64(self) -> f64 {
        #[expect(
            clippy::cast_precision_loss,
            reason = "times below 2^53 seconds are exact"
        )]
        match self {
            Self::Unsigned(number) => number as f64,
            Self::Negative(number) => number as f64,
            Self::Float(number) => number,
        }
    }
}

impl Text<'_> {
    pub(crate) fn as_str(&self) -> &str {
        &self.value
    }

    /// Returns the position of the value in the text, or `None` if the text has escapes in its place.
    pub(crate) fn position(&self) -> Option<usize> {
        matches!(self.value, Cow::Borrowed(_)).then_some(self.start)
    }
}

/// Compares two member names. Most names of claims have three letters. Comparing the first letter
/// often avoids the call that compares all of them.
fn is_same_name(name: &str, other: &str) -> bool {
    name.bytes().next() == other.bytes().next() && name == other
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(Number::Unsigned(number)) => serializer.serialize_u64(*number),
            Self::Number(Number::Negative(number)) => serializer.serialize_i64(*number),
            Self::Number(Number::Float(number)) => serializer.serialize_f64(*number),
            Self::String(text) => serializer.serialize_str(text.as_str()),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(object) => object.serialize(serializer),
        }
    }
}

/// Keeps the order of the members.
impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let members = self.members();
        serializer.collect_map(members.map(|(name, value)| (name.as_str(), value)))
    }
}

impl From<&Json<'_>> for Value {
    fn from(json: &Json<'_>) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(Number::Unsigned(number)) => (*number).into(),
            Json::Number(Number::Negative(number)) => (*number).into(),
            // The number is finite, so `serde_json` represents it as a number and not as `null`.
            Json::Number(Number::Float(number)) => (*number).into(),
            Json::String(text) => text.as_str().into(),
            Json::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            Json::Object(object) => object.into(),
        }
    }
}

impl From<&Object<'_>> for Value {
    fn from(object: &Object<'_>) -> Self {
        let members = object.members();
        Self::Object(
            members
                .map(|(name, value)| (name.as_str().to_owned(), value.into()))
                .collect(),
        )
    }
}
