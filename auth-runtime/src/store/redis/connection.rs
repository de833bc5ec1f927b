//! Keeps one connection to Redis, which all requests share and which is replaced when it breaks.
//!
//! The `ConnectionManager` of the `redis` crate never tries again after Redis has refused the
//! credentials.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, ErrorKind, RedisError, RedisResult, ServerErrorKind};
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::{Position, Url};

use super::super::StoreError;

/// The time limit of an attempt to connect, and of a command.
pub(super) const TIMEOUT: Duration = Duration::from_secs(1);
/// How long requests are refused after a failed attempt, so that they do not all try to connect.
const PAUSE: Duration = Duration::from_millis(250);

/// The reason why a URL is not that of a Redis. It never shows the URL.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InvalidUrl {
    #[error("it must be `redis://HOST:PORT/DATABASE`, or `rediss://…` for TLS: {0}")]
    NotRedis(String),
    /// A `/`, `?` or `#` in a password ends the host, so the rest is a path, query or fragment.
    #[error(
        "the URL has an `@` or a `#` after its host: percent-encode the password (`#` as `%23`, `/` \
         as `%2F`, `?` as `%3F`, `@` as `%40`)"
    )]
    StrayPassword,
}

/// The address of a Redis, and the credentials for it.
#[derive(Clone)]
pub(crate) struct RedisAddress(Client);

impl RedisAddress {
    /// Parses the URL of a Redis.
    ///
    /// # Errors
    /// Fails if the URL is not that of a Redis. The error never shows the URL.
    pub(crate) fn parse(url: &str) -> Result<Self, InvalidUrl> {
        if !url.starts_with("redis://") && !url.starts_with("rediss://") {
            return Err(InvalidUrl::NotRedis("it has another scheme".to_owned()));
        }
        let not_redis = |error: &dyn fmt::Display| InvalidUrl::NotRedis(error.to_string());
        if may_hold_stray_password(&Url::parse(url).map_err(|error| not_redis(&error))?) {
            return Err(InvalidUrl::StrayPassword);
        }
        let client = Client::open(url).map_err(|error| not_redis(&error))?;
        Ok(Self(client))
    }
}

/// Returns whether a part after the host may be the rest of a password that is not percent-encoded.
fn may_hold_stray_password(url: &Url) -> bool {
    let is_known = |fragment: &str| fragment == "insecure" && url.scheme() == "rediss";
    url[Position::AfterHost..].contains('@')
        || url.fragment().is_some_and(|fragment| !is_known(fragment))
}

/// Shows neither the address nor the password.
impl fmt::Debug for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedisAddress")
    }
}

/// A connection that is opened when it is first needed, and again after it broke.
pub(super) struct Connection {
    client: Client,
    /// The connection in use, if there is one.
    current: ArcSwapOption<MultiplexedConnection>,
    /// When the last attempt failed. The lock is held while connecting.
    attempt: Mutex<Option<Instant>>,
}

impl Connection {
    /// Creates the connection without connecting yet.
    pub(super) fn new(address: &RedisAddress) -> Self {
        // If several providers are compiled in, rustls needs to know which one to use. An error means
        // that one is installed already.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        Self {
            client: address.0.clone(),
            current: ArcSwapOption::empty(),
            attempt: Mutex::new(None),
        }
    }

    /// Runs a command. If the connection is broken, runs it once more on a new one, so the command
    /// must be idempotent.
    ///
    /// # Errors
    /// Fails if the store cannot be reached, or does not run the command.
    pub(super) async fn run<T, F>(
        &self,
        command: impl Fn(MultiplexedConnection) -> F,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let connection = self.connected().await?;
        match command((*connection).clone()).await {
            Err(error) if is_broken(&error) => {
                self.drop_broken(&connection);
                // A slow store does not get a second command as well.
                if error.is_timeout() {
                    return Err(error.into());
                }
                let connection = self.connected().await?;
                let result = command((*connection).clone()).await;
                if result.as_ref().is_err_and(is_broken) {
                    self.drop_broken(&connection);
                }
                Ok(result?)
            }
            result => Ok(result?),
        }
    }

    /// Returns the connection in use, or a new one. Only one request connects at a time.
    async fn connected(&self) -> Result<Arc<MultiplexedConnection>, StoreError> {
        if let Some(connection) = self.current.load_full() {
            return Ok(connection);
        }
        let mut failed = self.attempt.lock().await;
        if let Some(connection) = self.current.load_full() {
            return Ok(connection);
        }
        if failed.is_some_and(|failed| failed.elapsed() < PAUSE) {
            return Err(StoreError::Paused);
        }
        match self.connect().await {
            Ok(connection) => {
                *failed = None;
                let connection = Arc::new(connection);
                self.current.store(Some(Arc::clone(&connection)));
                Ok(connection)
            }
            Err(error) => {
                *failed = Some(Instant::now());
                Err(error.into())
            }
        }
    }

    async fn connect(&self) -> RedisResult<MultiplexedConnection> {
        self.open(Some(TIMEOUT)).await
    }

    /// Opens a connection that nobody else uses, with this time-out for each response.
    pub(super) async fn open(
        &self,
        response_timeout: Option<Duration>,
    ) -> RedisResult<MultiplexedConnection> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(TIMEOUT))
            .set_response_timeout(response_timeout);
        self.client
            .get_multiplexed_async_connection_with_config(&config)
            .await
    }

    /// Drops the broken connection, unless another request has already replaced it.
    fn drop_broken(&self, broken: &Arc<MultiplexedConnection>) {
        self.current.compare_and_swap(broken, None);
    }
}

/// Returns whether the connection is no longer usable.
fn is_broken(error: &RedisError) -> bool {
    // A primary that became a replica keeps its connections, but its name may now lead to the new
    // primary.
    let is_replica = error.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly);
    error.is_io_error() || error.is_unrecoverable_error() || is_replica
}
