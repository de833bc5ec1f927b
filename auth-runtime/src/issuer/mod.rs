//! A local issuer for development and tests (feature `issuer`): an OAuth 2 authorization server with
//! users, which also mints valid and invalid tokens in code.
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
mod routes;
mod secret;
mod server;
mod signals;
mod state;
mod token;
mod userinfo;
mod users;

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use rocket::Shutdown;
use rocket::figment::Figment;

#[cfg(feature = "testing")]
pub(crate) use self::claims::set_claim;
pub use self::clients::LocalClient;
use self::keys::SigningKeys;
use self::proofs::Proofs;
use self::secret::CryptoFailure;
use self::server::LogStyle;
use self::state::State;
pub use self::token::TokenBuilder;
pub use self::users::LocalUser;
pub(crate) use self::users::{ApiGrants, is_reserved};

/// A running local issuer. Clones are handles to the same issuer, which stops when the last one is
/// dropped.
///
/// [The local issuer](crate::guide::local_issuer) describes its users, clients and endpoints.
#[derive(Clone, Debug)]
pub struct LocalIssuer(Arc<Running>);

/// The state as Rocket manages it.
type SharedState = Arc<State>;

#[derive(Debug)]
struct Running {
    state: SharedState,
    shutdown: Shutdown,
}

/// Configures and starts a [`LocalIssuer`].
///
/// [The local issuer](crate::guide::local_issuer) describes its users, clients and endpoints.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is started"]
pub struct LocalIssuerBuilder {
    audience: String,
    port: u16,
    users: Option<Vec<LocalUser>>,
    clients: Option<Vec<LocalClient>>,
    dpop_nonce: Option<bool>,
    log_style: Option<LogStyle>,
}

/// What the configuration says of the local issuer (`auth.local`).
#[derive(Debug, Default)]
pub(crate) struct LocalSettings {
    pub(crate) users: Option<Vec<LocalUser>>,
    pub(crate) clients: Option<Vec<LocalClient>>,
    pub(crate) dpop_nonce: Option<bool>,
}

/// The reason why a local issuer did not start.
///
/// [The local issuer](crate::guide::local_issuer) describes its users, clients and endpoints.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The issuer could not listen on a loopback port.
    #[error("the local issuer cannot listen on a loopback port")]
    Listen(#[from] io::Error),
    /// The crypto library could not generate a key.
    #[error("the crypto library cannot generate an RSA key")]
    Key,
    /// A user cannot exist.
    #[error("{0}")]
    User(String),
    /// A client cannot exist.
    #[error("{0}")]
    Client(String),
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
        LocalIssuerBuilder {
            audience: audience.into(),
            port: 0,
            users: None,
            clients: None,
            dpop_nonce: None,
            log_style: None,
        }
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

    /// Remembers what the routes of the API require, and from which claims the API reads it.
    pub(crate) fn learn(&self, api: ApiGrants) {
        self.state().learn(api);
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

impl LocalIssuerBuilder {
    /// Sets the users that the issuer can log in. Without this method, they are those of the
    /// configuration (`auth.local.users`), or else three users who may do everything, only read, and
    /// do nothing.
    pub fn users(mut self, users: impl IntoIterator<Item = LocalUser>) -> Self {
        self.users = Some(users.into_iter().collect());
        self
    }

    /// Sets the clients that need more than a `client_id`. Without this method, they are those of the
    /// configuration (`auth.local.clients`).
    pub fn clients(mut self, clients: impl IntoIterator<Item = LocalClient>) -> Self {
        self.clients = Some(clients.into_iter().collect());
        self
    }

    /// Sets whether every DPoP proof must carry a nonce of the issuer (RFC 9449 §8). Without this
    /// method, the configuration (`auth.local.dpop_nonce`) decides, or else no nonce is asked for.
    pub fn dpop_nonce(mut self, required: bool) -> Self {
        self.dpop_nonce = Some(required);
        self
    }

    /// Completes the builder with what the application's configuration says. What was set in code wins.
    pub(crate) fn or(mut self, configured: LocalSettings, figment: &Figment) -> Self {
        self.users = self.users.or(configured.users);
        self.clients = self.clients.or(configured.clients);
        self.dpop_nonce = self.dpop_nonce.or(configured.dpop_nonce);
        self.log_style = Some(LogStyle::from_figment(figment));
        self
    }

    /// Sets the port to listen on. If the port is taken, the issuer uses a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Starts the issuer. Call this within a tokio runtime, such as Rocket's.
    ///
    /// # Errors
    /// Fails if no port is free, if no key can be generated, or if a user or a client cannot exist.
    pub async fn start(self) -> Result<LocalIssuer, StartError> {
        let users = self.users.unwrap_or_else(LocalUser::defaults);
        check_all(&users, LocalUser::subject, LocalUser::check).map_err(StartError::User)?;
        let clients = self.clients.unwrap_or_default();
        check_all(&clients, LocalClient::id, LocalClient::check).map_err(StartError::Client)?;
        let keys = SigningKeys::generate().ok_or(StartError::Key)?;
        let state = State::new(self.audience, keys, users, clients);
        let state = Arc::new(state);
        let style = self.log_style.unwrap_or_else(LogStyle::current);
        let shutdown = server::start(&state, self.port, style).await?;
        let running = Running { state, shutdown };
        let proofs = Proofs::new(running.state.url(), self.dpop_nonce.unwrap_or_default());
        running.state.set_proofs(proofs.ok_or(StartError::Key)?);
        Ok(LocalIssuer(Arc::new(running)))
    }
}

/// Checks each of them, and that all have different names.
///
/// # Errors
/// Says what is wrong.
fn check_all<T>(
    all: &[T],
    name: impl Fn(&T) -> &str,
    check: impl Fn(&T) -> Result<(), String>,
) -> Result<(), String> {
    let mut names = BTreeSet::new();
    for item in all {
        check(item)?;
        if !names.insert(name(item)) {
            return Err(format!("`{}` occurs twice", name(item)));
        }
    }
    Ok(())
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shutdown.clone().notify();
    }
}
