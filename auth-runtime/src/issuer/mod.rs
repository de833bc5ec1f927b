//! Runs a local issuer for development and tests (feature `issuer`). It is an OAuth 2 authorization
//! server with users, and it also mints valid and invalid tokens in code.
//!
//! It gives a token to anyone who asks, so it listens on a loopback address only. No setting changes
//! that.
//!
//! The chapter [The local issuer](crate::guide::local_issuer) describes it, and
//! [Testing](crate::guide::testing) shows how to use it in tests.
//!
//! ```
//! use auth_runtime::{Auth, issuer::LocalIssuer};
//!
//! # #[rocket::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let issuer = LocalIssuer::start("https://api.example.com").await?;
//! let rocket = rocket::build()
//!     .attach(Auth::builder().issuer(issuer.url()).audience(issuer.audience()).fairing());
//! let token = issuer.token().subject("auth0|42").scope("read:messages").mint();
//! # Ok(())
//! # }
//! ```

mod authentication;
mod authorize;
mod builder;
mod claims;
mod clients;
mod cors;
mod device;
mod end_session;
mod error;
mod expiring;
mod grants;
mod issued;
mod keys;
mod metadata;
mod page;
mod params;
mod proofs;
mod query;
mod reply;
mod reserved;
mod routes;
mod secret;
mod server;
mod signals;
mod state;
mod token;
mod userinfo;
mod users;

use std::sync::Arc;

use rocket::Shutdown;

pub(crate) use self::builder::LocalSettings;
pub use self::builder::{LocalIssuerBuilder, StartError};
#[cfg(feature = "testing")]
pub(crate) use self::claims::set_claim;
pub use self::clients::LocalClient;
pub(crate) use self::reserved::is_reserved;
use self::secret::CryptoFailure;
use self::state::State;
pub use self::token::TokenBuilder;
pub(crate) use self::users::ApiGrants;
pub use self::users::LocalUser;

/// A running local issuer. Clones are handles to the same issuer, which stops when the last one is
/// dropped.
///
/// [The local issuer](crate::guide::local_issuer) describes what it serves, and
/// [Testing](crate::guide::testing#tokens) lists its tokens.
#[derive(Clone, Debug)]
pub struct LocalIssuer(Arc<Running>);

/// The state as Rocket manages it.
type SharedState = Arc<State>;

#[derive(Debug)]
struct Running {
    state: SharedState,
    shutdown: Shutdown,
}

impl LocalIssuer {
    /// Starts an issuer on a free loopback port. Its tokens have this audience, unless a token request
    /// names another one.
    ///
    /// # Errors
    /// Fails if no port is free or if no key can be generated.
    pub async fn start(audience: impl Into<String>) -> Result<Self, StartError> {
        Self::builder(audience).start().await
    }

    /// Returns a builder, for an issuer on a port of your choice.
    pub fn builder(audience: impl Into<String>) -> LocalIssuerBuilder {
        LocalIssuerBuilder::new(audience.into())
    }

    /// Returns the `iss` of its tokens, such as `http://127.0.0.1:9000/`.
    pub fn url(&self) -> &str {
        self.state().url()
    }

    /// Returns the `aud` of its tokens.
    pub fn audience(&self) -> &str {
        &self.state().audience
    }

    /// Returns a builder for a token that is valid for one hour.
    pub fn token(&self) -> TokenBuilder<'_> {
        TokenBuilder::new(self.state())
    }

    /// Returns the users that it can log in.
    pub fn users(&self) -> &[LocalUser] {
        &self.state().users
    }

    /// Returns a builder for a token of the user with this `sub`, or `None` if there is no such user.
    /// The token has the user's claims and all the scopes that are listed for the user; [`scope`]
    /// replaces them.
    ///
    /// ```
    /// use auth_runtime::issuer::{LocalIssuer, LocalUser};
    ///
    /// # #[rocket::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let issuer = LocalIssuer::builder("https://api.example.com")
    ///     .users([LocalUser::new("ann").with_scope("read:messages").with_roles(["editor"])])
    ///     .start()
    ///     .await?;
    /// let token = issuer.token_for("ann").map(|token| token.mint());
    /// assert!(token.is_some());
    /// assert!(issuer.token_for("bob").is_none());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [`scope`]: TokenBuilder::scope
    pub fn token_for(&self, subject: &str) -> Option<TokenBuilder<'_>> {
        let user = self.state().user(subject)?;
        Some(self.state().token_for(user, None))
    }

    /// Sets what the routes of the API require, and where the API reads it. Only the first call counts.
    pub(crate) fn set_api(&self, api: ApiGrants) {
        self.state().set_api(api);
    }

    /// Signs any header and payload with the current key (RS256), for tests of malformed tokens. If the
    /// crypto library fails, the log says so, and the token is empty.
    pub fn sign_raw(&self, header: &str, payload: &[u8]) -> String {
        let key = self.state().keys.current();
        CryptoFailure::logged(key.sign(header.as_bytes(), payload))
    }

    /// Returns the `kid` of the current key.
    pub fn kid(&self) -> String {
        self.state().keys.current().kid().to_owned()
    }

    /// Replaces the key. The published set then contains only the new one.
    pub fn rotate(&self) {
        self.state().keys.rotate();
    }

    /// Returns the published key set as JSON.
    pub fn jwks(&self) -> String {
        self.state().keys.jwks()
    }

    /// Revokes a token: [introspection](https://www.rfc-editor.org/rfc/rfc7662) says that it is not
    /// active.
    pub fn revoke(&self, token: &str) {
        self.state().revoke(token);
    }

    /// Stops the server, as the last handle does when it is dropped.
    pub(crate) fn stop(&self) {
        self.0.shutdown.clone().notify();
    }

    fn state(&self) -> &State {
        &self.0.state
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shutdown.clone().notify();
    }
}
