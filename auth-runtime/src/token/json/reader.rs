//! Parses JSON (RFC 8259) by recursive descent, and refuses text that parsers could understand
//! differently.

use std::borrow::Cow;
use std::ops::Range;

use super::duplicates::has_duplicate;
use super::scan::plain_length;
use super::{Json, Number, Object, Text};

/// The maximum number of nested objects and arrays.
const MAX_DEPTH: usize = 64;
/// The prefix of member names to which `serde_json` gives a special meaning, if any crate in the
/// build enables its feature `arbitrary_precision` or `raw_value`.
const RESERVED_PREFIX: &str = "$serde_json::private::";
/// The initial capacity for claims. It suffices for most tokens and takes less than 1 KiB, which
/// allocators serve fastest.
const USUAL_CLAIMS: usize = 12;

/// The error for a text that this reader does not accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem} at byte {position}")]
pub(crate) struct JsonError {
    pub(crate) problem: Problem,
    pub(crate) position: usize,
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
    #[error("more than {MAX_DEPTH} levels of nesting")]
    TooDeep,
    #[error("a number that is too large")]
    NumberOutOfRange,
    #[error("a surrogate escape without its other half")]
    LoneSurrogate,
}

impl<'a> Object<'a> {
    /// Reads a text that is one JSON object with white space around it.
    ///
    /// # Errors
    /// Fails if the text is anything else, if a member name occurs twice in one object at any
    /// depth or is reserved by `serde_json`, if a string is not Unicode text, if a number exceeds
    /// the range of an `f64`, or if the text nests deeper than 64 levels.
    pub(crate) fn parse(text: &'a str) -> Result<Self, JsonError> {
        match Reader::new(text).document(Reader::value)? {
            Json::Object(object) => Ok(object),
            _ => Err(NOT_AN_OBJECT),
        }
    }

    /// Reads a text as [`parse`](Self::parse) does, and returns where the values of its members are.
    ///
    /// # Errors
    /// Fails if `parse` does.
    pub(crate) fn locate(text: &'a str) -> Result<Vec<(Text<'a>, Range<usize>)>, JsonError> {
        Reader::new(text).document(|reader| {
            if reader.peek() != Some(b'{') {
                return Err(NOT_AN_OBJECT);
            }
            reader.nested(|reader| {
                reader.members(|reader| {
                    let start = reader.position;
                    reader.value().map(|_| start..reader.position)
                })
            })
        })
    }
}

impl<'a> Json<'a> {
    /// Reads a text that is one JSON value, such as that of a member.
    ///
    /// # Errors
    /// Fails as [`Object::parse`] does, but the value need not be an object.
    pub(crate) fn parse(text: &'a str) -> Result<Self, JsonError> {
        Reader::new(text).document(Reader::value)
    }
}

const NOT_AN_OBJECT: JsonError = JsonError {
    problem: Problem::NotAnObject,
    position: 0,
};

pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    /// The next byte to read.
    pub(super) position: usize,
    /// The number of open objects and arrays.
    depth: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            position: 0,
            depth: 0,
        }
    }

    /// Reads a value that has only white space around it.
    fn document<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, JsonError>,
    ) -> Result<T, JsonError> {
        self.skip_white_space();
        let value = read(self)?;
        self.skip_white_space();
        match self.peek() {
            None => Ok(value),
            Some(_) => self.fail(Problem::Syntax),
        }
    }

    /// Reads a value that starts at the current byte.
    fn value(&mut self) -> Result<Json<'a>, JsonError> {
        match self.peek() {
            Some(b'"') => self.string().map(Json::String),
            Some(b'{') => self.nested(Self::object).map(Json::Object),
            Some(b'[') => self.nested(Self::array).map(Json::Array),
            Some(b'-' | b'0'..=b'9') => self.number().map(Json::Number),
            Some(b't') => self.literal("true", Json::Bool(true)),
            Some(b'f') => self.literal("false", Json::Bool(false)),
            Some(b'n') => self.literal("null", Json::Null),
            _ => self.fail(Problem::Syntax),
        }
    }

    /// Reads an object or an array, which bounds the recursion.
    fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, JsonError>,
    ) -> Result<T, JsonError> {
        if self.depth == MAX_DEPTH {
            return self.fail(Problem::TooDeep);
        }
        self.depth += 1;
        self.position += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn object(&mut self) -> Result<Object<'a>, JsonError> {
        self.members(Self::value).map(Object)
    }

    /// Reads the members of an object, whose values this function reads.
    fn members<V>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<V, JsonError>,
    ) -> Result<Vec<(Text<'a>, V)>, JsonError> {
        let start = self.position - 1;
        self.skip_white_space();
        if self.skip(b'}') {
            return Ok(Vec::new());
        }
        let mut members = Vec::with_capacity(if self.depth == 1 { USUAL_CLAIMS } else { 4 });
        loop {
            let name = self.name()?;
            self.skip_white_space();
            self.expect(b':')?;
            self.skip_white_space();
            members.push((name, read(self)?));
            self.skip_white_space();
            if !self.skip(b',') {
                break;
            }
            self.skip_white_space();
        }
        self.expect(b'}')?;
        if has_duplicate(&members) {
            return Err(JsonError {
                problem: Problem::DuplicateName,
                position: start,
            });
        }
        Ok(members)
    }

    fn name(&mut self) -> Result<Text<'a>, JsonError> {
        if self.peek() != Some(b'"') {
            return self.fail(Problem::Syntax);
        }
        let name = self.string()?;
        if name.as_str().starts_with(RESERVED_PREFIX) {
            return self.fail(Problem::ReservedName);
        }
        Ok(name)
    }

    fn array(&mut self) -> Result<Vec<Json<'a>>, JsonError> {
        let mut items = Vec::new();
        self.skip_white_space();
        if self.skip(b']') {
            return Ok(items);
        }
        loop {
            items.push(self.value()?);
            self.skip_white_space();
            if !self.skip(b',') {
                break;
            }
            self.skip_white_space();
        }
        self.expect(b']')?;
        Ok(items)
    }

    fn literal(&mut self, literal: &str, value: Json<'a>) -> Result<Json<'a>, JsonError> {
        if !self.rest().starts_with(literal.as_bytes()) {
            return self.fail(Problem::Syntax);
        }
        self.position += literal.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<Number, JsonError> {
        let start = self.position;
        let negative = self.skip(b'-');
        match self.peek() {
            // A digit must not follow a leading zero. The caller reports it.
            Some(b'0') => self.position += 1,
            _ => self.digits()?,
        }
        let mut integer = true;
        if self.skip(b'.') {
            integer = false;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            integer = false;
            self.position += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.position += 1;
            }
            self.digits()?;
        }
        let written = self.text.get(start..self.position).unwrap_or_default();
        if integer
            && !negative
            && let Ok(number) = written.parse()
        {
            return Ok(Number::Unsigned(number));
        }
        // `-0` is a float: an integer cannot be a negative zero.
        if integer
            && negative
            && let Ok(number @ ..0) = written.parse()
        {
            return Ok(Number::Negative(number));
        }
        match written.parse() {
            Ok(number) if f64::is_finite(number) => Ok(Number::Float(number)),
            _ => self.fail(Problem::NumberOutOfRange),
        }
    }

    /// Reads one digit or more.
    fn digits(&mut self) -> Result<(), JsonError> {
        let count = self
            .rest()
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        if count == 0 {
            return self.fail(Problem::Syntax);
        }
        self.position += count;
        Ok(())
    }

    /// Reads a string that starts with the current byte, a quote.
    fn string(&mut self) -> Result<Text<'a>, JsonError> {
        self.position += 1;
        let start = self.position;
        let characters = self.characters();
        let value = if self.skip(b'"') {
            Cow::Borrowed(characters)
        } else {
            Cow::Owned(self.rest_of_string(characters)?)
        };
        Ok(Text { value, start })
    }

    /// Reads the characters up to a quote, a backslash, a control character or the end.
    pub(super) fn characters(&mut self) -> &'a str {
        let start = self.position;
        self.position += plain_length(self.rest());
        // Both ends lie beside an ASCII character or an end of the text.
        self.text.get(start..self.position).unwrap_or_default()
    }

    fn skip_white_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.position += 1;
        }
    }

    pub(super) fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.skip(byte) {
            Ok(())
        } else {
            self.fail(Problem::Syntax)
        }
    }

    /// Skips the current byte if it is this one.
    pub(super) fn skip(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.position += usize::from(found);
        found
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        let bytes = self.text.as_bytes();
        bytes.get(self.position..).unwrap_or_default()
    }

    pub(super) fn fail<T>(&self, problem: Problem) -> Result<T, JsonError> {
        Err(JsonError {
            problem,
            position: self.position,
        })
    }
}
