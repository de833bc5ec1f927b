//! A local issuer for development and tests (feature `issuer`). It generates RSA keys, publishes
//! them over HTTP, and mints valid and invalid tokens.
//!
//! It gives a token to anyone who asks, so it listens on a loopback address only. No setting changes
//! that.
//!
//! The chapter [Testing](crate::guide::testing) shows how to use it.
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

mod issued;
mod keys;
mod server;
mod signals;
mod token;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use self::issued::Issued;
use self::keys::SigningKeys;
pub use self::token::TokenBuilder;

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
    issued: Issued,
}

/// Configures and starts a [`LocalIssuer`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is started"]
pub struct LocalIssuerBuilder {
    audience: String,
    port: u16,
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

impl LocalIssuerBuilder {
    /// Sets the port to listen on. If the port is taken, the issuer uses a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Starts the issuer. Call this within a tokio runtime, such as Rocket's.
    ///
    /// # Errors
    /// Fails if no port is free or if no key can be generated.
    pub async fn start(self) -> Result<LocalIssuer, StartError> {
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
            issued: Issued::default(),
        });
        let server = tokio::spawn(server::serve(listener, Arc::clone(&state)));
        Ok(LocalIssuer(Arc::new(Running { state, server })))
    }
}

async fn listen(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await
}

impl Drop for Running {
    fn drop(&mut self) {
        self.server.abort();
    }
}
