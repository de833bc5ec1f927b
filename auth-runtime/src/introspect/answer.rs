//! Reads the answer of an introspection endpoint (RFC 7662 §2.2), as strictly as a token.

use std::fmt;
use std::sync::Arc;

use crate::token::{Document, Json, JsonError};

/// The answer of the issuer about a token.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The token is active. The text is the whole answer: a JSON object whose members are the
    /// token's claims.
    Active(Arc<str>),
    Inactive,
}

/// The reason why a body is not an answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotAnAnswer {
    #[error("it is not UTF-8")]
    Utf8,
    #[error("it is not a JSON object with unique names: {0}")]
    Json(#[from] JsonError),
    #[error("its member `active` is missing or not a boolean")]
    Active,
}

impl Answer {
    /// Parses the body of an answer.
    ///
    /// # Errors
    /// Fails if the body is not a JSON object with a boolean `active`.
    pub(crate) fn parse(body: Vec<u8>) -> Result<Self, NotAnAnswer> {
        let text = String::from_utf8(body).map_err(|_| NotAnAnswer::Utf8)?;
        match Document::parse(&text)?.object().get("active") {
            Some(Json::Bool(true)) => {}
            Some(Json::Bool(false)) => return Ok(Self::Inactive),
            _ => return Err(NotAnAnswer::Active),
        }
        Ok(Self::Active(text.into()))
    }
}

/// Hides the claims, because they are personal data.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Active(_) => "Active",
            Self::Inactive => "Inactive",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Answer, NotAnAnswer> {
        Answer::parse(text.as_bytes().to_vec())
    }

    #[test]
    fn active_is_a_boolean() {
        let text = r#"{"active":true,"sub":"a"}"#;
        assert_eq!(parse(text).unwrap(), Answer::Active(text.into()));
        assert_eq!(parse(r#"{"active":false}"#).unwrap(), Answer::Inactive);
        for text in [
            "{}",
            r#"{"active":"true"}"#,
            r#"{"active":1}"#,
            r#"{"active":null}"#,
            r#"{"Active":true}"#,
            r#"{"active":[true]}"#,
        ] {
            assert!(matches!(parse(text), Err(NotAnAnswer::Active)), "{text}");
        }
    }

    #[test]
    fn debug_shows_no_claim() {
        let shown = format!("{:?}", parse(r#"{"active":true,"sub":"secret"}"#));
        assert_eq!(shown, "Ok(Active)");
    }

    #[test]
    fn an_answer_is_held_to_the_rules_of_a_tokens_payload() {
        for text in [
            "",
            "true",
            "[]",
            r#"{"active":true,"active":false}"#,
            r#"{"active":true,"a":{"b":1,"b":2}}"#,
            r#"{"active":true}x"#,
            "\u{feff}{\"active\":true}",
            r#"{"active":true,"exp":1e400}"#,
            r#"{"active":true,"sub":"\ud800"}"#,
        ] {
            assert!(matches!(parse(text), Err(NotAnAnswer::Json(_))), "{text}");
        }
        assert!(matches!(
            Answer::parse(b"{\"active\":true,\"a\":\"\xff\"}".to_vec()),
            Err(NotAnAnswer::Utf8)
        ));
    }
}
