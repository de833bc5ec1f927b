//! For the tests of applications (feature `testing`): the policies of a Rocket compared with a
//! committed file, every refusal tried for real, and a clock that can be moved.
//!
//! ```
//! use auth_runtime::issuer::LocalIssuer;
//! use auth_runtime::testing::{Bearer, assert_refusals};
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

mod clock;
mod dpop;
mod grants;
mod policy_lock;
mod refusals;
mod strength;

use rocket::http::Header;
use rocket::local::asynchronous;
use rocket::local::blocking;

pub use self::clock::Clock;
pub use self::dpop::{Dpop, DpopKey, DpopProof};
pub use self::policy_lock::assert_policies;
pub use self::refusals::assert_refusals;

/// Sends an access token along with a request of Rocket's local client.
pub trait Bearer {
    /// Adds `Authorization: Bearer TOKEN`.
    #[must_use]
    fn bearer(self, token: &str) -> Self;
}

impl Bearer for asynchronous::LocalRequest<'_> {
    fn bearer(self, token: &str) -> Self {
        self.header(Header::new("Authorization", format!("Bearer {token}")))
    }
}

impl Bearer for blocking::LocalRequest<'_> {
    fn bearer(self, token: &str) -> Self {
        self.header(Header::new("Authorization", format!("Bearer {token}")))
    }
}
