//! Reading the JSON of a token strictly and without copies: no member name may stand twice in an
//! object (RFC 7515 §4, RFC 7519 §4), every number must fit a JSON reader, and what is passed over
//! is held to the same rules, so that a later reading of the same text cannot fail or differ.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::sync::LazyLock;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use smallvec::SmallVec;

/// A JSON value, as far as registered claims and header parameters need to know it.
#[derive(Debug, PartialEq)]
pub(crate) enum Json<'a> {
    Bool(bool),
    Number(f64),
    Text(Cow<'a, str>),
    /// A list of strings alone, maybe empty.
    Strings(Vec<Cow<'a, str>>),
    /// `null`, an object, or a list with something else than strings.
    Other,
}

/// A string, borrowed where it has no escapes.
#[derive(PartialEq)]
pub(crate) struct Text<'a>(pub(crate) Cow<'a, str>);

/// A value that is checked and dropped.
pub(crate) struct Skipped;

/// The member names that an object has had so far.
#[derive(Default)]
pub(crate) struct Names<'a> {
    all: SmallVec<[Text<'a>; 16]>,
    /// The same where they are many: to compare each of thousands with every other would be work
    /// that anyone could make us do.
    hashed: HashSet<Cow<'a, str>>,
}

/// So many names are compared one by one.
const FEW: usize = 32;

impl<'a> Names<'a> {
    /// # Errors
    /// If the name has been there already.
    pub(crate) fn next<A: MapAccess<'a>>(&mut self, map: &mut A) -> Result<Option<&str>, A::Error> {
        let Some(name) = map.next_key::<Text<'a>>()? else {
            return Ok(None);
        };
        if self.has(&name) {
            return Err(A::Error::custom("a member stands twice"));
        }
        self.all.push(name);
        Ok(self.all.last().map(|name| &*name.0))
    }

    fn has(&mut self, name: &Text<'a>) -> bool {
        if self.all.len() < FEW {
            return self.all.contains(name);
        }
        if self.hashed.is_empty() {
            self.hashed
                .extend(self.all.iter().map(|name| name.0.clone()));
        }
        !self.hashed.insert(name.0.clone())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(TextVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Json<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct JsonVisitor;

        impl<'de> Visitor<'de> for JsonVisitor {
            type Value = Json<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON value")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
                Ok(Json::Bool(value))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Json<'de>, E> {
                Ok(Json::Number(number))
            }

            #[allow(clippy::cast_precision_loss)] // Times below 2^53 are exact.
            fn visit_u64<E>(self, number: u64) -> Result<Json<'de>, E> {
                Ok(Json::Number(number as f64))
            }

            #[allow(clippy::cast_precision_loss)]
            fn visit_i64<E>(self, number: i64) -> Result<Json<'de>, E> {
                Ok(Json::Number(number as f64))
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
                Ok(Json::Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
                Ok(Json::Text(Cow::Owned(text.to_owned())))
            }

            fn visit_unit<E>(self) -> Result<Json<'de>, E> {
                Ok(Json::Other)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json<'de>, A::Error> {
                let mut strings = Vec::new();
                while let Some(item) = list.next_element::<Json<'de>>()? {
                    let Json::Text(text) = item else {
                        while list.next_element::<Skipped>()?.is_some() {}
                        return Ok(Json::Other);
                    };
                    strings.push(text);
                }
                Ok(Json::Strings(strings))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Json<'de>, A::Error> {
                Ok(match members(map)? {
                    Members::Number(number) => Json::Number(number),
                    Members::Object => Json::Other,
                })
            }
        }

        deserializer.deserialize_any(JsonVisitor)
    }
}

impl<'de> Deserialize<'de> for Skipped {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SkippedVisitor;

        impl<'de> Visitor<'de> for SkippedVisitor {
            type Value = Skipped;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON value")
            }

            fn visit_bool<E>(self, _: bool) -> Result<Skipped, E> {
                Ok(Skipped)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Skipped, E> {
                Ok(Skipped)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Skipped, E> {
                Ok(Skipped)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Skipped, E> {
                Ok(Skipped)
            }

            fn visit_str<E>(self, _: &str) -> Result<Skipped, E> {
                Ok(Skipped)
            }

            fn visit_unit<E>(self) -> Result<Skipped, E> {
                Ok(Skipped)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Skipped, A::Error> {
                while list.next_element::<Skipped>()?.is_some() {}
                Ok(Skipped)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Skipped, A::Error> {
                members(map).map(|_| Skipped)
            }
        }

        deserializer.deserialize_any(SkippedVisitor)
    }
}

/// What a map of serde's stands for.
enum Members {
    Object,
    Number(f64),
}

/// The name of the only member of the map as which `serde_json` hands numbers over where a crate of the
/// tree has switched on its feature `arbitrary_precision`.
const NUMBER: &str = "$serde_json::private::Number";

/// Whether one has: a number then fits that a float cannot hold.
static HAS_NUMBERS_AS_MAPS: LazyLock<bool> =
    LazyLock::new(|| serde_json::from_str::<serde_json::Value>("1e400").is_ok());

fn members<'de, A: MapAccess<'de>>(mut map: A) -> Result<Members, A::Error> {
    let mut names = Names::default();
    while let Some(name) = names.next(&mut map)? {
        if name == NUMBER && *HAS_NUMBERS_AS_MAPS {
            let Text(number) = map.next_value()?;
            let number = number
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite());
            let too_large = || A::Error::custom("a number is out of range");
            return number.map(Members::Number).ok_or_else(too_large);
        }
        map.next_value::<Skipped>()?;
    }
    Ok(Members::Object)
}

#[cfg(test)]
mod tests {
    use super::{Json, Skipped};

    fn json(text: &str) -> Option<Json<'_>> {
        serde_json::from_str(text).ok()
    }

    #[test]
    fn values_are_told_apart() {
        assert_eq!(json("1.5"), Some(Json::Number(1.5)));
        assert_eq!(json("\"a\""), Some(Json::Text("a".into())));
        assert_eq!(json("\"\\u0061\""), Some(Json::Text("a".into())));
        assert_eq!(json("[\"a\"]"), Some(Json::Strings(vec!["a".into()])));
        assert_eq!(json("[]"), Some(Json::Strings(vec![])));
        for other in ["null", "{}", "[\"a\",1]", "[null]", "[[\"a\"]]"] {
            assert_eq!(json(other), Some(Json::Other), "{other}");
        }
    }

    /// CI runs this with `serde_json`'s `arbitrary_precision` as well.
    #[test]
    fn numbers_are_numbers_whatever_feature_another_crate_switches_on() {
        for (text, number) in [
            ("0", 0.0),
            ("-1", -1.0),
            ("1.5e3", 1500.0),
            ("4102444800", 4_102_444_800.0),
        ] {
            assert_eq!(json(text), Some(Json::Number(number)), "{text}");
        }
        for text in ["1e400", "-1e400", "[1e400]", "{\"a\":1e400}"] {
            assert_eq!(json(text), None, "{text}");
            assert!(serde_json::from_str::<Skipped>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_that_stands_twice_is_found_among_few_and_among_many() {
        for count in [1, 2, 31, 32, 33, 34, 1000] {
            let members = (0..count).map(|number| format!("\"n{number}\":0"));
            let members = members.collect::<Vec<_>>().join(",");
            assert_eq!(
                json(&format!("{{{members}}}")),
                Some(Json::Other),
                "{count}"
            );
            for twice in [0, count / 2, count - 1] {
                let text = format!("{{{members},\"n{twice}\":0}}");
                assert_eq!(json(&text), None, "{twice} of {count}");
            }
        }
    }

    #[test]
    fn what_is_passed_over_is_held_to_the_same_rules() {
        let deep = "[".repeat(200) + &"]".repeat(200);
        for bad in [
            "1e400",
            "{\"a\":1,\"a\":2}",
            "[1,{\"a\":1,\"\\u0061\":2}]",
            "[1,]",
            &deep,
        ] {
            assert!(serde_json::from_str::<Skipped>(bad).is_err(), "{bad}");
            assert_eq!(json(bad), None, "{bad}");
        }
    }
}
