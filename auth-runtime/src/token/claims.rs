//! Gives access to the claims of a token as a tree.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::contents::Contents;
use super::json::Object;

/// All claims of a verified token. It serializes as the JSON object that it is.
///
/// Registered claims (RFC 7519 §4.1) were checked. Private claims are as the issuer wrote them.
///
/// [Reading the caller](crate::guide::caller#all-claims) shows how to use them.
pub struct Claims {
    contents: Arc<Contents>,
    /// The tree of the claims, which is built when it is first needed. It is boxed, because most
    /// requests do not need it. Every request builds its own, which keeps the memory of verified tokens
    /// small.
    tree: OnceLock<Box<Value>>,
}

impl Claims {
    pub(super) fn new(contents: Arc<Contents>) -> Self {
        Self {
            contents,
            tree: OnceLock::new(),
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
        self.tree().get(name)
    }

    /// Returns the claim of this name or, if the name begins with `/`, the value that it leads to
    /// as a JSON pointer (RFC 6901).
    pub(crate) fn at(&self, name: &str) -> Option<&Value> {
        if name.starts_with('/') {
            self.tree().pointer(name)
        } else {
            self.get(name)
        }
    }

    pub(super) fn tree(&self) -> &Value {
        self.tree.get_or_init(|| {
            let object = Object::parse(self.json());
            let object = object.expect("this reader accepted the text before");
            Box::new(Value::from(&object))
        })
    }
}

impl Serialize for Claims {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.tree().serialize(serializer)
    }
}

/// Shows only the names of the claims, because claims are personal data.
impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members = self.tree().as_object().into_iter().flatten();
        f.write_str("Claims ")?;
        f.debug_set()
            .entries(members.map(|(name, _)| name))
            .finish()
    }
}
