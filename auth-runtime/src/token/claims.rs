//! Gives access to the claims of a token: one by one, or all of them.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::contents::Contents;
use super::json::{Json, Object, Text};

/// All claims of a verified token. It serializes as the JSON object that it is.
///
/// Registered claims (RFC 7519 §4.1) were checked. Private claims are as the issuer wrote them.
///
/// [Reading the caller](crate::guide::caller#all-claims) shows how to use them.
pub struct Claims {
    contents: Arc<Contents>,
    /// The claims that are read one by one. They are located when one is first needed, and each value is
    /// built when it is first needed, because most requests need none or a few of them. Every
    /// request has its own, which keeps the memory of verified tokens small.
    ///
    /// They are behind one pointer, because every request moves it.
    members: OnceLock<Box<Members>>,
}

struct Members(Box<[Member]>);

/// A claim, or where it is in the text.
struct Member {
    name: Name,
    /// Where the value is in the text.
    written: Range<usize>,
    value: OnceLock<Value>,
}

enum Name {
    /// Where the name is in the text.
    Written(Range<usize>),
    /// The name is written with escapes.
    Unescaped(Box<str>),
}

impl Claims {
    pub(super) fn new(contents: Arc<Contents>) -> Self {
        Self {
            contents,
            members: OnceLock::new(),
        }
    }

    /// Returns the JSON text of the claims.
    pub(crate) fn json(&self) -> &str {
        self.contents.json()
    }

    pub(super) fn contents(&self) -> &Arc<Contents> {
        &self.contents
    }

    /// Returns the claim of this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let mut members = self.members().iter();
        // Most names differ in length, which is cheaper to compare than to find the name in the text.
        let member = members
            .find(|member| member.name.length() == name.len() && self.name(member) == name)?;
        Some(self.value(member))
    }

    /// Returns the claim of this name or, if the name begins with `/`, the value that it leads to
    /// as a JSON pointer (RFC 6901).
    pub(crate) fn at(&self, name: &str) -> Option<&Value> {
        let Some(pointer) = name.strip_prefix('/') else {
            return self.get(name);
        };
        let end = pointer.find('/').unwrap_or(pointer.len());
        let (first, rest) = pointer.split_at(end);
        let first = first.replace("~1", "/").replace("~0", "~");
        self.get(&first)?.pointer(rest)
    }

    pub(super) fn deserialize<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(Value::from(&self.object()))
    }

    fn object(&self) -> Object<'_> {
        Object::parse(self.json()).expect(ACCEPTED)
    }

    fn members(&self) -> &[Member] {
        let Members(members) = &**self.members.get_or_init(|| {
            let members = Object::locate(self.json()).expect(ACCEPTED).into_iter();
            let members = members.map(|(name, written)| Member {
                name: Name::new(&name),
                written,
                value: OnceLock::new(),
            });
            Box::new(Members(members.collect()))
        });
        members
    }

    fn value<'c>(&self, member: &'c Member) -> &'c Value {
        member.value.get_or_init(|| {
            let value = Json::parse(self.written(&member.written));
            Value::from(&value.expect(ACCEPTED))
        })
    }

    fn name<'c>(&'c self, member: &'c Member) -> &'c str {
        match &member.name {
            Name::Written(range) => self.written(range),
            Name::Unescaped(name) => name,
        }
    }

    fn written(&self, range: &Range<usize>) -> &str {
        self.json().get(range.clone()).unwrap_or_default()
    }
}

impl Name {
    fn new(name: &Text<'_>) -> Self {
        match name.position() {
            Some(start) => Self::Written(start..start + name.as_str().len()),
            None => Self::Unescaped(name.as_str().into()),
        }
    }

    fn length(&self) -> usize {
        match self {
            Self::Written(range) => range.len(),
            Self::Unescaped(name) => name.len(),
        }
    }
}

impl Serialize for Claims {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.object().serialize(serializer)
    }
}

/// Shows only the names of the claims, because claims are personal data.
impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members = self.members().iter();
        f.write_str("Claims ")?;
        f.debug_set()
            .entries(members.map(|member| self.name(member)))
            .finish()
    }
}

/// The reason why reading the claims cannot fail: [`Contents`] holds only a text that
/// [`Object::parse`] accepted, and a value within such a text breaks no rule that the whole text meets.
const ACCEPTED: &str = "this reader accepted the text before";

#[cfg(test)]
mod tests;
