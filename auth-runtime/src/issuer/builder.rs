//! Configures and starts a local issuer.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use rocket::figment::Figment;

use super::clients::LocalClient;
use super::keys::SigningKeys;
use super::proofs::Proofs;
use super::server::LogStyle;
use super::state::State;
use super::users::LocalUser;
use super::{LocalIssuer, Running, server};

/// Configures and starts a [`LocalIssuer`].
///
/// ```
/// use auth_runtime::issuer::{LocalClient, LocalIssuer, LocalUser};
///
/// # #[rocket::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let issuer = LocalIssuer::builder("https://api.example.com")
///     .users([LocalUser::new("ann").with_scope("read:messages")])
///     .clients([LocalClient::new("web-app").with_secret("a secret for development")])
///     .start()
///     .await?;
/// assert_eq!(issuer.audience(), "https://api.example.com");
/// # Ok(())
/// # }
/// ```
///
/// [The local issuer](crate::guide::local_issuer) describes users, clients and endpoints.
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
/// [The local issuer](crate::guide::local_issuer) describes its users and clients.
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

impl LocalIssuerBuilder {
    pub(super) fn new(audience: String) -> Self {
        Self {
            audience,
            port: 0,
            users: None,
            clients: None,
            dpop_nonce: None,
            log_style: None,
        }
    }

    /// Sets the users that the issuer can log in. Without this method, they are those of the
    /// configuration (`auth.local.users`), or else three users who may do everything, only read, and
    /// do nothing ([Users](crate::guide::local_issuer#users)).
    pub fn users(mut self, users: impl IntoIterator<Item = LocalUser>) -> Self {
        self.users = Some(users.into_iter().collect());
        self
    }

    /// Sets the clients that need more than a `client_id`. Without this method, they are those of the
    /// configuration (`auth.local.clients`, [Clients](crate::guide::local_issuer#clients)).
    pub fn clients(mut self, clients: impl IntoIterator<Item = LocalClient>) -> Self {
        self.clients = Some(clients.into_iter().collect());
        self
    }

    /// Sets whether every DPoP proof must carry a nonce of the issuer (RFC 9449 §8). Without this
    /// method, the configuration (`auth.local.dpop_nonce`) decides, or else no nonce is asked for
    /// ([Bound tokens](crate::guide::local_issuer#bound-tokens)).
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
