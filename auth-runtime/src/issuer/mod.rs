//! A local issuer for development and tests (feature `issuer`). It generates RSA keys, publishes
//! them over HTTP, and mints valid and invalid tokens.
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

mod claims;
mod clients;
mod issued;
mod keys;
mod server;
mod signals;
mod token;
mod users;

use std::collections::BTreeSet;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, OnceLock};

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

#[cfg(feature = "testing")]
pub(crate) use self::claims::set_claim;
pub use self::clients::LocalClient;
use self::issued::Issued;
use self::keys::SigningKeys;
pub use self::token::TokenBuilder;
pub use self::users::LocalUser;
pub(crate) use self::users::{ApiGrants, is_reserved};
use crate::token::ClaimNames;

/// A running local issuer. Clones are handles to the same issuer, which stops when the last one is
/// dropped.
#[derive(Clone, Debug)]
pub struct LocalIssuer(Arc<Running>);

#[derive(Debug)]
struct Running {
    state: Arc<State>,
    server: JoinHandle<()>,
}

/// The state that the server and the handles share.
#[derive(Debug)]
struct State {
    url: String,
    audience: String,
    keys: SigningKeys,
    users: Vec<LocalUser>,
    #[expect(
        dead_code,
        reason = "for the redirect URIs of the authorization endpoint"
    )]
    clients: Vec<LocalClient>,
    /// What the routes of the API require. It is known once the API has launched.
    api: OnceLock<ApiGrants>,
    /// Where the API reads scopes, permissions and roles.
    claim_names: ClaimNames,
    issued: Issued,
}

/// Configures and starts a [`LocalIssuer`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is started"]
pub struct LocalIssuerBuilder {
    audience: String,
    port: u16,
    users: Option<Vec<LocalUser>>,
    clients: Option<Vec<LocalClient>>,
    claim_names: ClaimNames,
}

/// What the configuration says of the local issuer (`auth.local`).
#[derive(Debug, Default)]
pub(crate) struct LocalSettings {
    pub(crate) users: Option<Vec<LocalUser>>,
    pub(crate) clients: Option<Vec<LocalClient>>,
}

/// The reason why a local issuer did not start.
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
            claim_names: ClaimNames::default(),
        }
    }

    /// Returns the `iss` of its tokens, such as `http://127.0.0.1:9000/`.
    pub fn url(&self) -> &str {
        &self.state().url
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

    /// Tells the issuer what the routes of the API require, for the default users.
    pub(crate) fn learn(&self, api: ApiGrants) {
        // A clone of the issuer may serve another API. The first one counts.
        let _ = self.state().api.set(api);
    }

    /// Signs any header and payload with the current key (RS256), for tests of malformed tokens.
    pub fn sign_raw(&self, header: &str, payload: &[u8]) -> String {
        self.state().keys.current().sign(header.as_bytes(), payload)
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
        self.state().issued.revoke(token);
    }

    fn state(&self) -> &State {
        &self.0.state
    }
}

impl State {
    fn user(&self, subject: &str) -> Option<&LocalUser> {
        self.users.iter().find(|user| user.subject() == subject)
    }

    /// Returns a token of this user, with those of the scopes that the user may have. Without a list,
    /// it has all of them.
    fn token_for(&self, user: &LocalUser, scopes: Option<&str>) -> TokenBuilder<'_> {
        let nothing = ApiGrants::default();
        let api = self.api.get().unwrap_or(&nothing);
        let mut token = TokenBuilder::new(self).subject(user.subject());
        for (name, value) in user.access_claims(api, &self.claim_names) {
            token = token.claim(&name, value);
        }
        let scopes = user.granted_scopes(scopes, api);
        if scopes.is_empty() {
            token
        } else {
            token.scope(scopes.join(" "))
        }
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

    /// Completes the builder with what the configuration says. What was set in code wins.
    pub(crate) fn or(mut self, configured: LocalSettings, claim_names: ClaimNames) -> Self {
        self.users = self.users.or(configured.users);
        self.clients = self.clients.or(configured.clients);
        self.claim_names = claim_names;
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
        let listener = match listen(self.port).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => listen(0).await?,
            other => other?,
        };
        let url = format!("http://{}/", listener.local_addr()?);
        let keys = SigningKeys::generate().ok_or(StartError::Key)?;
        let state = Arc::new(State {
            url,
            audience: self.audience,
            keys,
            users,
            clients,
            api: OnceLock::new(),
            claim_names: self.claim_names,
            issued: Issued::default(),
        });
        let server = tokio::spawn(server::serve(listener, Arc::clone(&state)));
        Ok(LocalIssuer(Arc::new(Running { state, server })))
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

async fn listen(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await
}

impl Drop for Running {
    fn drop(&mut self) {
        self.server.abort();
    }
}
