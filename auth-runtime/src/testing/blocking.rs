//! [`TestApi`] for tests that are not asynchronous.

use rocket::tokio::runtime::{Builder, Runtime};
use rocket::{Build, Rocket};

use super::api;
use crate::issuer::{LocalIssuer, TokenBuilder};
use crate::testing::TestReply;

/// The same as [`testing::TestApi`](super::TestApi), without `await`.
///
/// ```
/// use auth_runtime::testing::blocking::TestApi;
/// # use auth_runtime::{Auth, requires_scope, routes};
/// # use rocket::{Build, Rocket, get};
/// # #[requires_scope("read:orders")]
/// # #[get("/orders")]
/// # fn orders() {}
/// # fn rocket() -> Rocket<Build> {
/// #     rocket::build().attach(Auth::fairing()).mount("/", routes![orders])
/// # }
///
/// TestApi::start(rocket()).as_user("cleo").get("/orders").expect(403);
/// ```
///
/// [Testing](crate::guide::testing#as-a-user) shows how to call an API as a user.
#[derive(Debug)]
pub struct TestApi {
    // The application and its issuers stop before their runtime does.
    api: api::TestApi,
    runtime: Runtime,
}

/// The same as [`testing::TestCaller`](super::TestCaller), without `await`.
///
/// [Testing](crate::guide::testing#as-a-user) shows how to call an API as a user.
#[derive(Clone, Debug)]
#[must_use = "a caller does nothing until it sends a request"]
pub struct TestCaller<'a> {
    caller: api::TestCaller<'a>,
    runtime: &'a Runtime,
}

/// The same as [`testing::TestRequest`](super::TestRequest), without `await`.
///
/// [Testing](crate::guide::testing#as-a-user) shows how to call an API as a user.
#[derive(Debug)]
#[must_use = "a request is not sent before `expect`"]
pub struct TestRequest<'a> {
    request: api::TestRequest<'a>,
    runtime: &'a Runtime,
}

impl TestApi {
    /// Launches an application that trusts one issuer.
    ///
    /// # Panics
    /// Panics if the application or the issuer does not start, or within an asynchronous test.
    pub fn start(rocket: Rocket<Build>) -> Self {
        Self::from_builder(api::TestApi::builder(rocket))
    }

    /// Launches an application as its builder says.
    ///
    /// # Panics
    /// Panics as [`start`](Self::start).
    pub fn from_builder(builder: api::TestApiBuilder) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("the system has threads");
        let api = runtime.block_on(builder.start());
        Self { api, runtime }
    }

    /// Returns a caller with a token of this user.
    ///
    /// # Panics
    /// Panics if no issuer has such a user.
    #[track_caller]
    pub fn as_user(&self, subject: &str) -> TestCaller<'_> {
        self.caller(self.api.as_user(subject))
    }

    /// Returns a caller with a token that the issuer of this number, counted from 0, issues for one of
    /// its users.
    ///
    /// # Panics
    /// Panics if the issuer does not exist, or does not have this user.
    #[track_caller]
    pub fn as_user_of(&self, issuer: usize, subject: &str) -> TestCaller<'_> {
        self.caller(self.api.as_user_of(issuer, subject))
    }

    /// Returns a caller with this token.
    pub fn with_token<'a>(&'a self, token: TokenBuilder<'a>) -> TestCaller<'a> {
        self.caller(self.api.with_token(token))
    }

    /// Returns a caller without a token.
    pub fn anonymous(&self) -> TestCaller<'_> {
        self.caller(self.api.anonymous())
    }

    /// Returns the issuer of this number, counted from 0.
    ///
    /// # Panics
    /// Panics if the issuer does not exist.
    #[track_caller]
    pub fn issuer(&self, number: usize) -> &LocalIssuer {
        self.api.issuer(number)
    }

    fn caller<'a>(&'a self, caller: api::TestCaller<'a>) -> TestCaller<'a> {
        TestCaller {
            caller,
            runtime: &self.runtime,
        }
    }
}

macro_rules! methods {
    ($($(#[$doc:meta])+ $name:ident)+) => {
        impl<'a> TestCaller<'a> {
            /// Replaces the scopes of the caller's token.
            pub fn with_scope(mut self, scope: &str) -> Self {
                self.caller = self.caller.with_scope(scope);
                self
            }

            /// Binds the caller's token to a new `DPoP` key, and sends a proof with each request.
            pub fn bound(mut self) -> Self {
                self.caller = self.caller.bound();
                self
            }

            $(
                $(#[$doc])+
                pub fn $name(&self, uri: &str) -> TestRequest<'a> {
                    TestRequest {
                        request: self.caller.$name(uri),
                        runtime: self.runtime,
                    }
                }
            )+
        }
    };
}

methods! {
    /// Starts a `GET` request.
    get
    /// Starts a `POST` request.
    post
    /// Starts a `PUT` request.
    put
    /// Starts a `PATCH` request.
    patch
    /// Starts a `DELETE` request.
    delete
}

impl TestRequest<'_> {
    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// Sets a JSON body.
    ///
    /// # Panics
    /// Panics if the value cannot be written as JSON.
    #[track_caller]
    pub fn json(mut self, body: &impl serde::Serialize) -> Self {
        self.request = self.request.json(body);
        self
    }

    /// Sends the request, and expects a reply with this status.
    ///
    /// # Panics
    /// Panics if the reply has another status. The message shows it with its body.
    #[track_caller]
    pub fn expect(self, status: u16) -> TestReply {
        self.runtime.block_on(self.request.expect(status))
    }
}
