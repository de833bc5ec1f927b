//! Gives access to the claims of a token: one by one, or all of them.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::claim_path::ClaimPath;
use super::contents::Contents;
use super::json::{Layout, Object};

/// All claims of a verified token. It serializes as the JSON object that it is.
///
/// Verification has checked `iss`, `sub`, `aud`, `exp`, `nbf` and `iat` (RFC 7519 §4.1), and `cnf`
/// (RFC 7800). All other claims are as the issuer wrote them.
///
/// [Reading the caller](crate::guide::caller#all-claims) shows how to use them.
pub struct Claims {
    contents: Arc<Contents>,
    /// What one request reads of the claims. The text of a remembered token is read again when a claim is
    /// first needed, because most requests need none or a few of them. Nothing of it is shared by requests,
    /// which keeps the memory of verified tokens small.
    ///
    /// It is behind one pointer, because every request moves it.
    reading: OnceLock<Box<Reading>>,
}

struct Reading {
    layout: Layout,
    /// The values of the members, each of which is built when it is first needed.
    values: OnceLock<Box<[OnceLock<Value>]>>,
}

impl Claims {
    pub(super) fn new(contents: Arc<Contents>) -> Self {
        Self {
            contents,
            reading: OnceLock::new(),
        }
    }

    /// Creates the claims whose layout is known.
    pub(super) fn read(contents: Arc<Contents>, layout: Layout) -> Self {
        Self {
            contents,
            reading: Box::new(Reading::new(layout)).into(),
        }
    }

    pub(super) fn contents(&self) -> &Arc<Contents> {
        &self.contents
    }

    /// Returns the claim of this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let object = self.object();
        let (index, value) = object.find(name)?;
        let values = self.reading().values.get_or_init(|| {
            let count = object.members().count();
            (0..count).map(|_| OnceLock::new()).collect()
        });
        Some(values.get(index)?.get_or_init(|| value.into()))
    }

    /// Returns the value at this path, which is parsed as a [`ClaimPath`].
    pub(super) fn at(&self, path: &str) -> Option<&Value> {
        match ClaimPath::parse(path)? {
            ClaimPath::Name(name) => self.get(name),
            ClaimPath::Pointer(pointer) => {
                let (first, rest) = pointer.split_front()?;
                self.get(&first.decoded())?.pointer(rest.as_str())
            }
        }
    }

    pub(super) fn deserialize<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(Value::from(self.object()))
    }

    /// Returns the claims as they are in the text.
    pub(crate) fn object(&self) -> Object<'_> {
        Object::whole(self.contents.json(), &self.reading().layout)
    }

    fn reading(&self) -> &Reading {
        self.reading.get_or_init(|| {
            let layout = Layout::read(self.contents.json()).expect(ACCEPTED);
            Box::new(Reading::new(layout))
        })
    }
}

impl Reading {
    fn new(layout: Layout) -> Self {
        Self {
            layout,
            values: OnceLock::new(),
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
        let members = self.object().members();
        f.write_str("Claims ")?;
        f.debug_set()
            .entries(members.map(|(name, _)| name.as_str()))
            .finish()
    }
}

/// The reason why reading the claims cannot fail: [`Contents`] holds only a text that [`Layout::read`]
/// accepted.
const ACCEPTED: &str = "this reader accepted the text before";

#[cfg(test)]
mod tests;
