//! The claims of a token that rules and policies ask for, read once and borrowed.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use smallvec::SmallVec;

use super::json::{Json, Names, Skipped};

/// Which claims hold what was granted: names, or JSON pointers (RFC 6901), which begin with `/`.
#[derive(Debug)]
pub(crate) struct ClaimNames {
    pub(crate) scopes: Vec<String>,
    pub(crate) permissions: String,
    pub(crate) roles: String,
}

/// A payload that is a JSON object. `None` means that the claim is not there.
#[derive(Debug, Default)]
pub(crate) struct Payload<'a> {
    pub(crate) iss: Option<Json<'a>>,
    pub(crate) sub: Option<Json<'a>>,
    pub(crate) aud: Option<Json<'a>>,
    pub(crate) exp: Option<Json<'a>>,
    pub(crate) nbf: Option<Json<'a>>,
    pub(crate) iat: Option<Json<'a>>,
    pub(crate) client_id: Option<Json<'a>>,
    pub(crate) jti: Option<Json<'a>>,
    /// The values of the scope claims that are there.
    pub(crate) scopes: SmallVec<[Json<'a>; 2]>,
}

impl Default for ClaimNames {
    fn default() -> Self {
        Self {
            scopes: vec!["scope".to_owned(), "scp".to_owned()],
            permissions: "permissions".to_owned(),
            roles: "roles".to_owned(),
        }
    }
}

impl<'a> Payload<'a> {
    /// # Errors
    /// If the text is not a JSON object, has a member twice, or has a number that JSON readers
    /// cannot hold.
    pub(crate) fn read(text: &'a str, names: &ClaimNames) -> Result<Self, serde_json::Error> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let payload = names.deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(payload)
    }
}

impl<'de> DeserializeSeed<'de> for &ClaimNames {
    type Value = Payload<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &ClaimNames {
    type Value = Payload<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Payload<'de>, A::Error> {
        let mut payload = Payload::default();
        let mut names = Names::default();
        while let Some(name) = names.next(&mut map)? {
            let claim = match name {
                "iss" => &mut payload.iss,
                "sub" => &mut payload.sub,
                "aud" => &mut payload.aud,
                "exp" => &mut payload.exp,
                "nbf" => &mut payload.nbf,
                "iat" => &mut payload.iat,
                "client_id" => &mut payload.client_id,
                "jti" => &mut payload.jti,
                _ if self.scopes.iter().any(|scope| scope == name) => {
                    payload.scopes.push(map.next_value()?);
                    continue;
                }
                _ => {
                    map.next_value::<Skipped>()?;
                    continue;
                }
            };
            *claim = Some(map.next_value()?);
        }
        Ok(payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Payload<'_>, serde_json::Error> {
        Payload::read(text, &ClaimNames::default())
    }

    #[test]
    fn the_claims_are_taken_as_they_stand() {
        let text = r#"{"iss":"i","aud":["a"],"exp":1,"scope":"s","x":{"y":[1]},"scp":["t"]}"#;
        let payload = read(text).unwrap();
        assert_eq!(payload.iss, Some(Json::Text("i".into())));
        assert_eq!(payload.aud, Some(Json::Strings(vec!["a".into()])));
        assert_eq!(payload.exp, Some(Json::Number(1.0)));
        assert_eq!(payload.nbf, None);
        assert_eq!(
            payload.scopes.as_slice(),
            [Json::Text("s".into()), Json::Strings(vec!["t".into()])]
        );
    }

    #[test]
    fn what_is_no_single_object_is_refused() {
        for bad in [
            "",
            "[]",
            "1",
            "\"a\"",
            "null",
            "{",
            "{}x",
            "{}{}",
            "\u{feff}{}",
            r#"["i"]"#,
            r#"{"exp":1,"exp":2}"#,
            r#"{"x":1,"\u0078":2}"#,
            r#"{"x":1e400}"#,
            r#"{"exp":1e400}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
