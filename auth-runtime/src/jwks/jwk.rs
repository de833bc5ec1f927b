//! Reads a JSON Web Key (RFC 7517 §4). Only the members that decide whether and for what a key can be
//! used are read. All others are skipped, whatever they contain.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

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
    /// `true` if it is a JSON object in which each of these members occurs at most once.
    pub(super) is_well_formed: bool,
}

/// A member of a key.
#[derive(Debug, Default, Deserialize)]
#[serde(untagged)]
pub(super) enum Member {
    /// It is missing or null.
    #[default]
    Absent,
    Text(String),
    List(Vec<Self>),
    /// It has another type.
    Other(IgnoredAny),
}

impl Member {
    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Absent | Self::List(_) | Self::Other(_) => None,
        }
    }

    /// Returns whether it is this text, or a list that contains it.
    pub(super) fn contains(&self, text: &str) -> bool {
        match self {
            Self::List(items) => items.iter().any(|item| item.text() == Some(text)),
            other => other.text() == Some(text),
        }
    }
}

impl Jwk {
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

impl<'de> Deserialize<'de> for Jwk {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct JwkVisitor;

        impl<'de> Visitor<'de> for JwkVisitor {
            type Value = Jwk;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON Web Key")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Jwk, A::Error> {
                let mut jwk = Jwk::default();
                let mut is_unique = true;
                while let Some(name) = map.next_key::<String>()? {
                    let Some(member) = jwk.member(&name) else {
                        map.next_value::<IgnoredAny>()?;
                        continue;
                    };
                    is_unique &= member.is_absent();
                    *member = map.next_value()?;
                }
                jwk.is_well_formed = is_unique;
                Ok(jwk)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Jwk, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Jwk::default())
            }

            fn visit_str<E>(self, _: &str) -> Result<Jwk, E> {
                Ok(Jwk::default())
            }

            fn visit_unit<E>(self) -> Result<Jwk, E> {
                Ok(Jwk::default())
            }

            fn visit_bool<E>(self, _: bool) -> Result<Jwk, E> {
                Ok(Jwk::default())
            }

            fn visit_u64<E>(self, _: u64) -> Result<Jwk, E> {
                Ok(Jwk::default())
            }

            fn visit_i64<E>(self, _: i64) -> Result<Jwk, E> {
                Ok(Jwk::default())
            }

            fn visit_f64<E>(self, _: f64) -> Result<Jwk, E> {
                Ok(Jwk::default())
            }
        }

        deserializer.deserialize_any(JwkVisitor)
    }
}
