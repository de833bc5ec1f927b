//! Asks the issuer about tokens. There is at most one request for a token at a time, the number of
//! all requests is bounded, and the log gets one line per outage.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, timeout};
use url::Url;

use super::answer::Answer;
use super::credentials::Credentials;
use super::error::{AskError, Unavailable};
use super::memory::Memory;
use super::outage::{Health, Outage};
use super::pending::{Joined, PendingRequests};
use crate::http::{Http, within};
use crate::moment::Clocks;
use crate::telemetry::{IntrospectionMeter, IntrospectionOutcome, Stopwatch};

/// The maximum number of concurrent requests.
const MAX_IN_FLIGHT: usize = 64;

/// An introspection endpoint, and the settings by which it is asked.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) url: Url,
    pub(crate) http: Http,
    pub(crate) credentials: Credentials,
    /// The issuer's identifier, which is the audience of client assertions.
    pub(crate) issuer: String,
    /// How long a request waits until it can be sent, and then for its answer.
    pub(crate) timeout: Duration,
    /// How long an active answer is used again.
    pub(crate) cache_ttl: Duration,
    pub(crate) cache_bytes: u64,
    pub(crate) meter: IntrospectionMeter,
}

/// Asks an introspection endpoint about tokens.
#[derive(Debug)]
pub(crate) struct Introspector(Arc<Shared>);

type Result<T, E = Unavailable> = std::result::Result<T, E>;

struct Shared {
    endpoint: Endpoint,
    memory: Option<Memory>,
    pending: PendingRequests<Result<Answer>>,
    clocks: Clocks,
    slots: Semaphore,
    outage: Outage,
}

impl Introspector {
    pub(crate) fn new(endpoint: Endpoint) -> Self {
        Self(Arc::new(Shared {
            memory: Memory::new(endpoint.cache_bytes, endpoint.cache_ttl),
            pending: PendingRequests::new(endpoint.url.clone(), MAX_IN_FLIGHT),
            clocks: Clocks::start(),
            slots: Semaphore::new(MAX_IN_FLIGHT),
            outage: Outage::new(endpoint.url.clone()),
            endpoint,
        }))
    }

    /// Returns the issuer's answer about the token, which may be a remembered one.
    ///
    /// # Errors
    /// Fails if the endpoint gives no valid answer in time, or if too many tokens wait already.
    pub(crate) async fn ask(&self, token: &str) -> Result<Answer> {
        if let Some(answer) = self.0.recall(token) {
            return Ok(answer);
        }
        let mut answer = match self.0.pending.join(token) {
            Some(Joined::Running(answer)) => answer,
            Some(Joined::Started(sender, answer)) => {
                tokio::spawn(answer_all(Arc::clone(&self.0), token.into(), sender));
                answer
            }
            None => return Err(self.0.outage.unavailable(Instant::now())),
        };
        let answer = answer.wait_for(Option::is_some).await;
        // The sender is dropped without an answer only if the runtime shuts down.
        answer
            .ok()
            .and_then(|answer| answer.clone())
            .unwrap_or_else(|| Err(self.0.outage.unavailable(Instant::now())))
    }

    /// Returns the URL of the endpoint, and the client that asks there.
    #[cfg(feature = "check")]
    pub(crate) fn address(&self) -> (&Url, &str) {
        let endpoint = &self.0.endpoint;
        (&endpoint.url, &endpoint.credentials.client_id)
    }

    pub(crate) fn health(&self) -> Health {
        self.0.outage.health()
    }
}

/// Asks about a token and sends the answer to all who wait. It continues even if nobody waits for it any
/// more.
async fn answer_all(
    shared: Arc<Shared>,
    token: Box<str>,
    sender: watch::Sender<Option<Result<Answer>>>,
) {
    let finished = Finished {
        shared: &shared,
        token,
    };
    let answer = shared.fetch(&finished.token).await;
    // Later callers find the remembered answer or start a request.
    drop(finished);
    sender.send_replace(Some(answer));
}

/// Removes a request from the list of running ones when it is dropped.
struct Finished<'s> {
    shared: &'s Shared,
    token: Box<str>,
}

impl Drop for Finished<'_> {
    fn drop(&mut self) {
        self.shared.pending.remove(&self.token);
    }
}

impl Shared {
    fn recall(&self, token: &str) -> Option<Answer> {
        self.memory.as_ref()?.recall(token, self.clocks.now())
    }

    async fn fetch(&self, token: &str) -> Result<Answer> {
        let longest_wait = self.endpoint.timeout;
        let deadline = Instant::now() + longest_wait;
        self.outage.pause_over(deadline).await?;
        let slot = timeout(longest_wait, self.slots.acquire()).await;
        let Ok(Ok(_slot)) = slot else {
            self.pending.refuse();
            return Err(self.outage.unavailable(Instant::now()));
        };
        // An answer is as old as its question.
        let asked = self.clocks.now();
        let stopwatch = Stopwatch::start();
        let answer = self.post(token).await;
        let outcome = match answer {
            Ok(Answer::Active(_)) => IntrospectionOutcome::Active,
            Ok(Answer::Inactive) => IntrospectionOutcome::Inactive,
            Err(_) => IntrospectionOutcome::Failed,
        };
        self.endpoint.meter.asked(outcome, stopwatch);
        match answer {
            Ok(answer) => {
                self.outage.ended(Instant::now());
                if let Some(memory) = &self.memory {
                    memory.remember(token, &answer, asked);
                }
                Ok(answer)
            }
            Err(error) => Err(self.outage.failed(&error, Instant::now())),
        }
    }

    async fn post(&self, token: &str) -> Result<Answer, AskError> {
        let Endpoint {
            url,
            http,
            credentials,
            issuer,
            ..
        } = &self.endpoint;
        let request = credentials.request(token, issuer, SystemTime::now())?;
        let mut post = http
            .post(url.clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .body(request.body);
        if let Some(authorization) = request.authorization {
            post = post.header(AUTHORIZATION, authorization);
        }
        let reply = within(self.endpoint.timeout, Http::send(post)).await?;
        match reply.status {
            StatusCode::OK => Ok(Answer::parse(reply.body)?),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(AskError::Credentials(reply.status.as_u16()))
            }
            _ => Err(reply.unexpected_status().into()),
        }
    }
}

/// Hides tokens.
impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Introspector")
            .field("endpoint", &self.endpoint.url.as_str())
            .field("memory", &self.memory)
            .finish_non_exhaustive()
    }
}
