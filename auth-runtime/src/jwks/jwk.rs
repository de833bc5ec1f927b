//! Reads a JSON Web Key (RFC 7517 §4). Only the members that decide whether and for what a key can be
//! used are read. All others are skipped, whatever they contain.

use super::raw_json::{items, members};

/// The members of a key that decide how it can be used.
#[derive(Debug, Default)]
pub(super) struct Jwk {
    pub(super) kty: Member,
    pub(super) kid: Member,
    pub(super) alg: Member,
    pub(super) public_key_use: Member,
    pub(super) key_ops: Member,
    pub(super) crv: Member,
    pub(super) n: Member,
    pub(super) e: Member,
    pub(super) x: Member,
    pub(super) y: Member,
}

/// A member of a key.
#[derive(Debug, Default)]
pub(super) enum Member {
    /// It is missing or null.
    #[default]
    Absent,
    Text(String),
    /// The texts in a list.
    List(Vec<String>),
    /// It has another type, cannot be read, or occurs repeatedly.
    Other,
}

impl Member {
    /// Reads the text of a member.
    fn parse(text: &str) -> Self {
        match text.as_bytes() {
            b"null" => Self::Absent,
            [b'"', ..] => string(text).map_or(Self::Other, Self::Text),
            _ => items(text).map_or(Self::Other, |items| {
                Self::List(items.into_iter().filter_map(string).collect())
            }),
        }
    }

    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Absent | Self::List(_) | Self::Other => None,
        }
    }

    /// Returns whether it is this text, or a list that contains it.
    pub(super) fn contains(&self, text: &str) -> bool {
        match self {
            Self::List(items) => items.iter().any(|item| item == text),
            other => other.text() == Some(text),
        }
    }
}

impl Jwk {
    /// Reads the text of a key, which must be valid JSON. Returns `None` if it is not an object.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut jwk = Self::default();
        for (name, value) in members(text)? {
            if let Some(member) = string(name).and_then(|name| jwk.member(&name)) {
                *member = if member.is_absent() {
                    Member::parse(value)
                } else {
                    Member::Other
                };
            }
        }
        Some(jwk)
    }

    fn member(&mut self, name: &str) -> Option<&mut Member> {
        Some(match name {
            "kty" => &mut self.kty,
            "kid" => &mut self.kid,
            "alg" => &mut self.alg,
            "use" => &mut self.public_key_use,
            "key_ops" => &mut self.key_ops,
            "crv" => &mut self.crv,
            "n" => &mut self.n,
            "e" => &mut self.e,
            "x" => &mut self.x,
            "y" => &mut self.y,
            _ => return None,
        })
    }
}

/// Reads the text of a string. Returns `None` for other values, and for one with half a character.
fn string(text: &str) -> Option<String> {
    serde_json::from_str(text).ok()
}
