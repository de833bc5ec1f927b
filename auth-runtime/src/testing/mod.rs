//! Helpers for the tests of applications (feature `testing`): they compare the policies of a Rocket
//! with a committed file, try every refusal for real, move the clock, and create tokens for unit
//! tests of rules.
//!
//! ```
//! use auth_runtime::issuer::LocalIssuer;
//! use auth_runtime::testing::{BearerExt, assert_refusals};
//! use auth_runtime::{Auth, requires_scope, routes};
//! use rocket::get;
//! use rocket::http::Status;
//! use rocket::local::asynchronous::Client;
//!
//! #[requires_scope("read:messages")]
//! #[get("/messages")]
//! fn messages() -> &'static str {
//!     "all of them"
//! }
//!
//! # #[rocket::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let issuer = LocalIssuer::start("https://api.example.com").await?;
//! let auth = Auth::builder().issuer(issuer.url()).audience(issuer.audience());
//! let rocket = rocket::build().attach(auth.fairing()).mount("/", routes![messages]);
//! let client = Client::untracked(rocket).await?;
//!
//! let token = issuer.token().scope("read:messages").mint();
//! let response = client.get("/messages").bearer(&token).dispatch().await;
//! assert_eq!(response.status(), Status::Ok);
//!
//! assert_refusals(&client, &issuer).await;
//! # Ok(())
//! # }
//! ```

mod api;
mod attempts;
pub mod blocking;
mod clock;
mod dpop;
mod grants;
mod policy_lock;
mod refusals;

use rocket::http::Header;
use rocket::local;
use serde::Serialize;

pub use self::api::{TestApi, TestApiBuilder, TestCaller, TestReply, TestRequest};
pub use self::clock::Clock;
pub use self::dpop::{DpopExt, DpopKey, DpopProof};
pub use self::policy_lock::assert_policies;
pub use self::refusals::assert_refusals;
use crate::token::{AccessToken, ClaimNames};

/// Adds access tokens to the requests of Rocket's local client.
///
/// [Testing](crate::guide::testing) shows how to use it.
pub trait BearerExt {
    /// Adds `Authorization: Bearer TOKEN`.
    #[must_use]
    fn bearer(self, token: &str) -> Self;
}

impl BearerExt for local::asynchronous::LocalRequest<'_> {
    fn bearer(self, token: &str) -> Self {
        self.header(Header::new("Authorization", format!("Bearer {token}")))
    }
}

impl BearerExt for local::blocking::LocalRequest<'_> {
    fn bearer(self, token: &str) -> Self {
        self.header(Header::new("Authorization", format!("Bearer {token}")))
    }
}

/// Creates an [`AccessToken`] from claims that nobody signed or checked, for unit tests of a
/// [`Rule`](crate::Rule) and of functions that take the caller.
///
/// Scopes, permissions and roles are read from their default claims. Routes never accept such a
/// token: it exists only in the test.
///
/// ```
/// use auth_runtime::AccessToken;
/// use auth_runtime::testing;
/// use serde_json::json;
///
/// fn greeting(token: &AccessToken) -> String {
///     format!("Hello, {}", token.subject().unwrap_or("stranger"))
/// }
///
/// let token = testing::token(json!({ "sub": "alice", "scope": "read:messages" }));
/// assert_eq!(greeting(&token), "Hello, alice");
/// assert!(token.has_scope("read:messages"));
/// ```
///
/// [Testing](crate::guide::testing#unit-tests-of-rules) has a test of a rule.
///
/// # Panics
/// Panics if the claims are not a JSON object that a token could have.
#[track_caller]
#[expect(clippy::panic, reason = "a mistake of a test")]
pub fn token(claims: impl Serialize) -> AccessToken {
    let text = match serde_json::to_string(&claims) {
        Ok(text) => text,
        Err(error) => panic!("the claims are not JSON: {error}"),
    };
    match AccessToken::unchecked(text, &ClaimNames::default()) {
        Ok(token) => token,
        Err(error) => panic!("the claims are not those of a token: {error}"),
    }
}
