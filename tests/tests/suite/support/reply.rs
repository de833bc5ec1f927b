//! Provides the reply of an application, and assertions about it.

use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::refusals::Refusal;

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) async fn read(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = response.text().await.expect("the reply is text");
        Self {
            status,
            headers,
            body,
        }
    }

    /// Returns the value of a header that occurs at most once.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next();
        assert_eq!(values.next(), None, "{name} occurs more than once");
        value.map(|value| value.to_str().expect("headers are text"))
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("the reply is JSON")
    }

    /// Asserts that this is exactly the documented reply.
    #[track_caller]
    pub(crate) fn expect(&self, refusal: &Refusal) {
        let body = json!({ "code": refusal.code, "description": refusal.description });
        assert_eq!(self.status, refusal.status, "{self:?}");
        assert_eq!(self.header("Content-Type"), Some("application/json"));
        assert_eq!(self.json(), body);
        assert_eq!(
            self.header("WWW-Authenticate"),
            refusal.challenge.as_deref()
        );
        let retry_after = self.header("Retry-After").map(str::parse::<u64>);
        match refusal.status {
            503 => assert!(matches!(retry_after, Some(Ok(1..))), "{retry_after:?}"),
            _ => assert_eq!(retry_after, None),
        }
    }

    #[track_caller]
    pub(crate) fn expect_success(&self) {
        assert_eq!(self.status, 200, "{self:?}");
    }
}
