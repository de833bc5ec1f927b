//! One connection to Redis that all requests share, and that is made anew when it breaks.
//!
//! The crate's own `ConnectionManager` never tries again after Redis refused the credentials.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, ErrorKind, RedisError, RedisResult, ServerErrorKind};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::super::StoreError;

/// The time limit of an attempt to connect, and of a command.
const TIMEOUT: Duration = Duration::from_secs(1);
/// After a failed attempt, requests are refused for this long instead of all trying to connect.
const PAUSE: Duration = Duration::from_millis(250);

#[derive(Debug, thiserror::Error)]
#[error("it must be `redis://HOST:PORT/DATABASE`, or `rediss://…` for TLS: {0}")]
pub(crate) struct InvalidUrl(String);

/// The address of a Redis, and the credentials for it.
#[derive(Clone)]
pub(crate) struct RedisAddress(Client);

impl RedisAddress {
    /// # Errors
    /// Fails if the URL is not one of a Redis. The error never shows the URL.
    pub(crate) fn parse(url: &str) -> Result<Self, InvalidUrl> {
        if !url.starts_with("redis://") && !url.starts_with("rediss://") {
            return Err(InvalidUrl("it has another scheme".to_owned()));
        }
        let client = Client::open(url).map_err(|error| InvalidUrl(error.to_string()))?;
        Ok(Self(client))
    }
}

/// Shows neither the address nor the password.
impl fmt::Debug for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedisAddress")
    }
}

pub(super) struct Connection {
    client: Client,
    /// The connection in use, if there is one.
    current: ArcSwapOption<MultiplexedConnection>,
    /// When the last attempt failed. The lock is held while connecting.
    attempt: Mutex<Option<Instant>>,
}

impl Connection {
    /// Does not connect yet.
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

    /// Runs a command, and once more on a new connection if the first one broke. The command must
    /// be idempotent.
    ///
    /// # Errors
    /// If the store cannot be reached, or does not run the command.
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
                // A store that is slow gets no second command on top.
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

    /// The connection in use, or a new one. Of many requests, one connects.
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
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(TIMEOUT))
            .set_response_timeout(Some(TIMEOUT));
        self.client
            .get_multiplexed_async_connection_with_config(&config)
            .await
    }

    /// Unless another request has replaced it already.
    fn drop_broken(&self, broken: &Arc<MultiplexedConnection>) {
        self.current.compare_and_swap(broken, None);
    }
}

/// Whether the connection is of no use any more.
fn is_broken(error: &RedisError) -> bool {
    // A primary that became a replica keeps its connections: the name may lead to another one now.
    let is_replica = error.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly);
    error.is_io_error() || error.is_unrecoverable_error() || is_replica
}
