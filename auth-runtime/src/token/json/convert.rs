//! Serializes values, and converts them to those of `serde_json`.

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::number::Number;
use super::value::{Json, Object};

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(Number::Unsigned(number)) => serializer.serialize_u64(*number),
            Self::Number(Number::Negative(number)) => serializer.serialize_i64(*number),
            Self::Number(Number::Float(number)) => serializer.serialize_f64(*number),
            Self::String(text) => serializer.serialize_str(text.as_str()),
            Self::Array(array) => serializer.collect_seq(array.items()),
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

impl From<Json<'_>> for Value {
    fn from(json: Json<'_>) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(value),
            Json::Number(Number::Unsigned(number)) => number.into(),
            Json::Number(Number::Negative(number)) => number.into(),
            // The number is finite, so `serde_json` represents it as a number and not as `null`.
            Json::Number(Number::Float(number)) => number.into(),
            Json::String(text) => text.as_str().into(),
            Json::Array(array) => Self::Array(array.items().map(Self::from).collect()),
            Json::Object(object) => object.into(),
        }
    }
}

impl From<Object<'_>> for Value {
    fn from(object: Object<'_>) -> Self {
        let members = object.members();
        Self::Object(
            members
                .map(|(name, value)| (name.as_str().to_owned(), value.into()))
                .collect(),
        )
    }
}
