//! A local issuer for development and tests (feature `issuer`): makes its own RSA keys, publishes
//! them over real HTTP, and mints tokens, right ones and wrong ones.
//!
//! It hands a token to whoever asks, and so listens on the loopback alone: there is no setting to
//! change that.
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

mod keys;
mod server;
mod token;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use self::keys::SigningKeys;
pub use self::token::TokenBuilder;

/// A running local issuer. Clones are handles to the same one; it stops when the last is dropped.
#[derive(Clone, Debug)]
pub struct LocalIssuer(Arc<Running>);

#[derive(Debug)]
struct Running {
    state: Arc<State>,
    server: JoinHandle<()>,
}

/// What the server and the handles share.
#[derive(Debug)]
struct State {
    url: String,
    audience: String,
    keys: SigningKeys,
}

/// How a local issuer is to be.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is started"]
pub struct LocalIssuerBuilder {
    audience: String,
    port: u16,
}

/// Why a local issuer did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// No loopback port could be had.
    #[error("no loopback port to listen on")]
    Listen(#[from] io::Error),
    /// The crypto library could not make a key.
    #[error("no RSA key could be made")]
    Key,
}

impl LocalIssuer {
    /// Starts an issuer on a free loopback port. The audience is what its tokens carry as `aud`,
    /// unless one is asked for.
    ///
    /// # Errors
    /// If there is no free port, or no key could be made.
    pub async fn start(audience: impl Into<String>) -> Result<Self, StartError> {
        Self::builder(audience).start().await
    }

    /// For an issuer on a port of your choice.
    pub fn builder(audience: impl Into<String>) -> LocalIssuerBuilder {
        LocalIssuerBuilder {
            audience: audience.into(),
            port: 0,
        }
    }

    /// The `iss` of its tokens, such as `http://127.0.0.1:9000/`.
    pub fn url(&self) -> &str {
        &self.state().url
    }

    /// The `aud` of its tokens.
    pub fn audience(&self) -> &str {
        &self.state().audience
    }

    /// A token to be minted: valid for an hour, unless the builder is told otherwise.
    pub fn token(&self) -> TokenBuilder<'_> {
        TokenBuilder::new(self.state())
    }

    /// Signs this very header and payload with the current key (RS256), whatever they say: for
    /// tests of malformed tokens.
    pub fn sign_raw(&self, header: &str, payload: &[u8]) -> String {
        self.state().keys.current().sign(header.as_bytes(), payload)
    }

    /// The `kid` of the current key.
    pub fn kid(&self) -> String {
        self.state().keys.current().kid().to_owned()
    }

    /// Replaces the key: the set that is published holds the new one alone.
    pub fn rotate(&self) {
        self.state().keys.rotate();
    }

    /// The published key set, as JSON.
    pub fn jwks(&self) -> String {
        self.state().keys.jwks()
    }

    fn state(&self) -> &State {
        &self.0.state
    }
}

impl LocalIssuerBuilder {
    /// The port to listen on; if it is taken, a free one is used instead.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Starts the issuer. To be called within a tokio runtime, such as Rocket's.
    ///
    /// # Errors
    /// If there is no free port, or no key could be made.
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
