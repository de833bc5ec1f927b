//! The parameters of a request: a form, a query, or for the convenience of scripts JSON.

use std::collections::BTreeMap;

use rocket::Data;
use rocket::Request;
use rocket::data::{self, FromData, ToByteUnit};
use rocket::http::Status;
use serde_json::Value;
use url::form_urlencoded;

use super::error::OAuthError;

const MAX_BODY_KIB: u64 = 64;

/// The parameters of a request. None occurs twice, and none is empty (RFC 6749 §3.1, §3.2).
#[derive(Debug)]
pub(super) struct Params(BTreeMap<String, String>);

impl Params {
    /// Parses a form or a query.
    ///
    /// # Errors
    /// Fails if a parameter occurs twice.
    pub(super) fn parse(text: &str) -> Result<Self, OAuthError> {
        let mut params = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            if value.is_empty() {
                continue;
            }
            if params
                .insert(name.clone().into_owned(), value.into_owned())
                .is_some()
            {
                return Err(OAuthError::invalid_request(format!(
                    "`{}` occurs twice",
                    name.escape_debug()
                )));
            }
        }
        Ok(Self(params))
    }

    fn parse_json(text: &str) -> Result<Self, OAuthError> {
        let object: BTreeMap<String, Value> = serde_json::from_str(text)
            .map_err(|_| OAuthError::invalid_request("the body is not a JSON object"))?;
        let text = |value: Value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        let params = object.into_iter().map(|(name, value)| (name, text(value)));
        Ok(Self(
            params.filter(|(_, value)| !value.is_empty()).collect(),
        ))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// # Errors
    /// Fails if the parameter is missing.
    pub(super) fn require(&self, name: &'static str) -> Result<&str, OAuthError> {
        self.get(name)
            .ok_or_else(|| OAuthError::invalid_request(format!("`{name}` is missing")))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Params {
    type Error = OAuthError;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self> {
        let body = data.open(MAX_BODY_KIB.kibibytes()).into_string().await;
        let parsed = match body {
            Ok(body) if body.is_complete() => {
                if request.content_type().is_some_and(|kind| kind.is_json()) {
                    Self::parse_json(&body)
                } else {
                    Self::parse(&body)
                }
            }
            _ => Err(OAuthError::invalid_request(
                "the body is too large or not UTF-8",
            )),
        };
        match parsed {
            Ok(params) => data::Outcome::Success(params),
            Err(error) => data::Outcome::Error((Status::BadRequest, error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_occurs_once_and_an_empty_one_counts_as_absent() {
        let params = Params::parse("a=1&b=&c=x%20y").unwrap();
        assert_eq!(
            params.iter().collect::<Vec<_>>(),
            [("a", "1"), ("c", "x y")]
        );
        let error = Params::parse("a=1&a=1").unwrap_err();
        assert_eq!(error.code(), "invalid_request");
    }

    #[test]
    fn json_is_read_like_a_form() {
        let params = Params::parse_json(r#"{"n": 5, "o": {"a": 1}, "s": "t", "e": ""}"#).unwrap();
        assert_eq!(
            params.iter().collect::<Vec<_>>(),
            [("n", "5"), ("o", "{\"a\":1}"), ("s", "t")]
        );
        for bad in ["", "[]", "5"] {
            assert!(Params::parse_json(bad).is_err(), "{bad}");
        }
    }
}
