//! Tracks whether the introspection endpoint works: when it is asked again, and what is logged.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use url::Url;

use super::error::{AskError, Unavailable};
use crate::http::{HttpError, pause};

/// The minimum `Retry-After` for clients.
const MIN_RETRY_AFTER: Duration = Duration::from_secs(1);

/// The longest pause, unless the endpoint asks for a longer one. Requests wait until it ends.
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// The state of the endpoint, for operators.
#[derive(Clone, Debug, Default)]
pub(crate) struct Health {
    /// When the endpoint last answered.
    pub(crate) answered: Option<Instant>,
    /// The time and the reason of the last request's failure, if it failed.
    pub(crate) error: Option<(Instant, Arc<str>)>,
}

/// Whether the endpoint works, and the pause before it is asked again.
#[derive(Debug)]
pub(super) struct Outage {
    url: Url,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    health: Health,
    /// The number of times in a row that the endpoint could not be reached.
    failures: u32,
    /// The time before which no request is sent.
    next: Option<Instant>,
}

impl Outage {
    pub(super) fn new(url: Url) -> Self {
        Self {
            url,
            state: Mutex::default(),
        }
    }

    pub(super) fn health(&self) -> Health {
        self.state().health.clone()
    }

    /// Waits for the end of the pause that follows a failure.
    ///
    /// # Errors
    /// Fails at once if the pause ends after the deadline.
    pub(super) async fn pause_over(&self, deadline: Instant) -> Result<(), Unavailable> {
        let next = self.state().next;
        match next {
            Some(next) if next > deadline => Err(self.unavailable(Instant::now())),
            Some(next) => {
                sleep_until(next).await;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Records that the endpoint has answered.
    pub(super) fn ended(&self, now: Instant) {
        let mut state = self.state();
        state.health.answered = Some(now);
        (state.failures, state.next) = (0, None);
        if state.health.error.take().is_some() {
            log::info!("{} answers again", self.url);
        }
    }

    /// Records that a request failed. The log gets one error per outage.
    pub(super) fn failed(&self, error: &AskError, now: Instant) -> Unavailable {
        let mut state = self.state();
        let message = error.to_string();
        if state.health.error.is_none() {
            log::error!("no token can be introspected at {}: {message}", self.url);
        } else {
            log::debug!("{} still fails: {message}", self.url);
        }
        state.health.error = Some((now, message.into()));
        // Requests that were running at the same time count as one failure.
        let is_paused = state.next.is_some_and(|next| next > now);
        if let Some(asked_for) = asks_for_pause(error)
            && !is_paused
        {
            state.failures = state.failures.saturating_add(1);
            let pause = pause(state.failures, fastrand::f64()).min(MAX_PAUSE);
            state.next = now.checked_add(pause.max(asked_for));
        }
        drop(state);
        self.unavailable(now)
    }

    pub(super) fn unavailable(&self, now: Instant) -> Unavailable {
        let next = self.state().next;
        let pause = next.map_or(Duration::ZERO, |next| next.saturating_duration_since(now));
        Unavailable {
            retry_after: pause.max(MIN_RETRY_AFTER),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the pause that the endpoint asked for, if the error is a reason for a pause. An invalid
/// answer is not, because the answer about the next token may be valid.
fn asks_for_pause(error: &AskError) -> Option<Duration> {
    match error {
        AskError::Http(HttpError::TimedOut(_) | HttpError::Http(_)) => Some(Duration::ZERO),
        AskError::Http(HttpError::Status {
            status: 429 | 503,
            retry_after,
        }) => Some(retry_after.unwrap_or_default()),
        _ => None,
    }
}
