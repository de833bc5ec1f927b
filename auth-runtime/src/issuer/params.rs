//! Reads the parameters of a request from a form, a query, or JSON, which scripts write easily.

use std::collections::BTreeMap;
use std::fmt;

use rocket::Data;
use rocket::Request;
use rocket::data::{self, FromData, ToByteUnit};
use rocket::http::Status;
use serde_json::Value;
use url::form_urlencoded;

use super::error::OAuthError;
use crate::token::{Document, Json};

const MAX_BODY_KIB: u64 = 64;

/// The parameters of a request. None occurs twice, and none is empty (RFC 6749 §3.1, §3.2).
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

    /// Reads the members of a JSON object like the fields of a form: `null` counts as absent.
    ///
    /// # Errors
    /// Fails if a member occurs twice, or if it is a list, which a form cannot have.
    fn parse_json(text: &str) -> Result<Self, OAuthError> {
        let document = Document::parse(text).map_err(|error| {
            OAuthError::invalid_request(format!("the body cannot be read: {error}"))
        })?;
        let mut params = BTreeMap::new();
        for (name, value) in document.object().members() {
            let text = match value {
                Json::Null => continue,
                Json::String(text) => text.as_str().to_owned(),
                Json::Array(_) => {
                    return Err(OAuthError::invalid_request(format!(
                        "`{}` is a list; write its values in one string, with spaces between them",
                        name.as_str().escape_debug()
                    )));
                }
                Json::Bool(_) | Json::Number(_) | Json::Object(_) => Value::from(value).to_string(),
            };
            if !text.is_empty() {
                params.insert(name.as_str().to_owned(), text);
            }
        }
        Ok(Self(params))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Returns the value of a parameter.
    ///
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

/// Hides the values, which may be tokens and secrets.
impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
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
        let params = Params::parse_json(r#"{"t": true, "n": null}"#).unwrap();
        assert_eq!(params.iter().collect::<Vec<_>>(), [("t", "true")]);
        for bad in [
            "",
            "[]",
            "5",
            "{",
            r#"{"a": 1, "a": 2}"#,
            r#"{"a": "", "\u0061": "x"}"#,
            r#"{"a": null, "a": 1}"#,
            r#"{"o": {"a": 1, "a": 2}}"#,
            r#"{"scope": ["a", "b"]}"#,
            r#"{"client_id": []}"#,
        ] {
            let error = Params::parse_json(bad).unwrap_err();
            assert_eq!(error.code(), "invalid_request", "{bad}");
        }
    }
}
