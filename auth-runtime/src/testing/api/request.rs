//! Requests of a caller, and what is expected of their replies.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use rocket::http::{ContentType, Header, HeaderMap, Method};
use rocket::local::asynchronous::{Client, LocalRequest};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::{BearerExt, DpopExt, DpopKey};
use crate::issuer::TokenBuilder;

/// Somebody who sends requests, with or without a token.
///
/// [Testing](crate::guide::testing#as-a-user) shows how to call an API as a user.
#[derive(Clone, Debug)]
#[must_use = "a caller does nothing until it sends a request"]
pub struct TestCaller<'a> {
    pub(super) client: &'a Client,
    pub(super) token: Option<TokenBuilder<'a>>,
    /// The key that the token is bound to, if it is bound.
    pub(super) key: Option<Arc<DpopKey>>,
    /// What a failed test calls it.
    pub(super) name: String,
}

/// A request that is sent by [`expect`](Self::expect).
///
/// [Testing](crate::guide::testing#as-a-user) shows how to call an API as a user.
#[must_use = "a request is not sent before `expect`"]
pub struct TestRequest<'a> {
    request: LocalRequest<'a>,
    /// What a failed test calls it.
    name: String,
}

/// The reply to a request.
///
/// [Testing](crate::guide::testing#as-a-user) shows how to call an API as a user.
#[derive(Clone, Debug)]
pub struct TestReply {
    headers: HeaderMap<'static>,
    body: String,
}

impl<'a> TestCaller<'a> {
    /// Replaces the scopes of the caller's token.
    pub fn with_scope(self, scope: &str) -> Self {
        self.with_claim("scope", scope)
    }

    /// Sets a claim of the caller's token.
    pub fn with_claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.token = self.token.map(|token| token.claim(name, value));
        self
    }

    /// Binds the caller's token to a new `DPoP` key, and sends a proof with each request. With
    /// `dpop = "require"`, every caller is bound.
    pub fn bound(mut self) -> Self {
        self.key = Some(Arc::new(DpopKey::generate()));
        self
    }

    /// Starts a `GET` request.
    pub fn get(&self, uri: &str) -> TestRequest<'a> {
        self.request(Method::Get, uri)
    }

    /// Starts a `POST` request.
    pub fn post(&self, uri: &str) -> TestRequest<'a> {
        self.request(Method::Post, uri)
    }

    /// Starts a `PUT` request.
    pub fn put(&self, uri: &str) -> TestRequest<'a> {
        self.request(Method::Put, uri)
    }

    /// Starts a `PATCH` request.
    pub fn patch(&self, uri: &str) -> TestRequest<'a> {
        self.request(Method::Patch, uri)
    }

    /// Starts a `DELETE` request.
    pub fn delete(&self, uri: &str) -> TestRequest<'a> {
        self.request(Method::Delete, uri)
    }

    /// Starts a request with any method.
    pub fn request(&self, method: Method, uri: &str) -> TestRequest<'a> {
        let mut request = self.client.req(method, uri.to_owned());
        if let Some(token) = &self.token {
            let token = token.clone();
            request = match &self.key {
                Some(key) => request.dpop(key, &token.bound_to(key).mint()),
                None => request.bearer(&token.mint()),
            };
        }
        TestRequest {
            request,
            name: format!("{method} {uri} as {}", self.name),
        }
    }
}

impl TestRequest<'_> {
    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let header = Header::new(name.to_owned(), value.to_owned());
        self.request = self.request.header(header);
        self
    }

    /// Sets a JSON body.
    ///
    /// # Panics
    /// Panics if the value cannot be written as JSON.
    #[track_caller]
    pub fn json(mut self, body: &impl Serialize) -> Self {
        let body = serde_json::to_string(body).expect("the body can be written as JSON");
        self.request = self.request.header(ContentType::JSON).body(body);
        self
    }

    /// Sends the request, and expects a reply with this status.
    ///
    /// # Panics
    /// Panics if the reply has another status. The message shows it with its body.
    #[track_caller]
    pub fn expect(self, status: u16) -> impl Future<Output = TestReply> {
        // A future does not know who awaits it.
        let place = Location::caller();
        async move {
            let response = self.request.dispatch().await;
            let got = response.status().code;
            let mut headers = HeaderMap::new();
            for header in response.headers().iter() {
                headers.add_raw(header.name().to_string(), header.value().to_owned());
            }
            let body = response.into_string().await.unwrap_or_default();
            let name = self.name;
            assert_eq!(
                got, status,
                "{place}: {name} got {got} and not {status}: {body}"
            );
            TestReply { headers, body }
        }
    }
}

impl TestReply {
    /// Returns the body, if it is UTF-8 text.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// Reads the body as JSON.
    ///
    /// # Panics
    /// Panics if it is not JSON of this type.
    #[track_caller]
    #[expect(clippy::panic, reason = "an assertion for tests")]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_str(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("the body cannot be read: {error}: {}", self.body),
        }
    }

    /// Returns a header, or the first of several with this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get_one(name)
    }
}

impl fmt::Debug for TestRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TestRequest").field(&self.name).finish()
    }
}
