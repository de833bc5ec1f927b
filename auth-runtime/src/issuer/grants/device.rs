//! Redeems device codes (RFC 8628). A client without a browser waits until its user has logged in
//! elsewhere.

use std::time::{Duration, Instant};

use super::super::State;
use super::super::error::OAuthError;
use super::super::params::Params;
use super::super::proofs::ProvenKey;
use super::{Granted, Login};

/// A device that waits for its user.
#[derive(Debug)]
pub(in super::super) struct DeviceCode {
    pub(in super::super) client: String,
    pub(in super::super) scope: Option<String>,
    pub(in super::super) audience: Option<String>,
    pub(in super::super) decision: DeviceDecision,
    last_poll: Option<Instant>,
    interval: Duration,
}

/// What the user has decided.
#[derive(Debug)]
pub(in super::super) enum DeviceDecision {
    Pending,
    Denied,
    Allowed(Login),
    /// The device has its tokens.
    Redeemed,
}

/// What a poll gets.
enum Poll {
    Pending,
    SlowDown,
    Denied,
    Redeemed,
    OtherClient,
    Allowed(Login),
}

impl DeviceCode {
    /// How long a device waits between two polls.
    pub(in super::super) const INTERVAL: Duration = Duration::from_secs(1);
    /// RFC 8628 §3.5.
    const SLOWER: Duration = Duration::from_secs(5);

    pub(in super::super) fn new(
        client: String,
        scope: Option<String>,
        audience: Option<String>,
    ) -> Self {
        Self {
            client,
            scope,
            audience,
            decision: DeviceDecision::Pending,
            last_poll: None,
            interval: Self::INTERVAL,
        }
    }

    fn poll(&mut self, client: &str, now: Instant) -> Poll {
        if self.client != client {
            return Poll::OtherClient;
        }
        match std::mem::replace(&mut self.decision, DeviceDecision::Redeemed) {
            DeviceDecision::Allowed(login) => Poll::Allowed(login),
            DeviceDecision::Redeemed => Poll::Redeemed,
            decision @ DeviceDecision::Denied => {
                self.decision = decision;
                Poll::Denied
            }
            decision @ DeviceDecision::Pending => {
                self.decision = decision;
                let last = self.last_poll.replace(now);
                if last.is_some_and(|last| now.duration_since(last) < self.interval) {
                    self.interval += Self::SLOWER;
                    Poll::SlowDown
                } else {
                    Poll::Pending
                }
            }
        }
    }
}

pub(super) fn grant<'s>(
    state: &'s State,
    client: &str,
    params: &Params,
    key: Option<&ProvenKey>,
) -> Result<Granted<'s>, OAuthError> {
    let code = params.require("device_code")?;
    let now = Instant::now();
    let poll = state
        .device_codes
        .with(code, |entry| entry.poll(client, now));
    let (error, description) = match poll {
        Some(Poll::Allowed(login)) => {
            let refresh_token = state.refresh_token(login.clone(), key)?;
            return state.tokens_for(&login, login.scope.as_deref(), refresh_token);
        }
        Some(Poll::Pending) => ("authorization_pending", "the user has not logged in yet"),
        Some(Poll::SlowDown) => ("slow_down", "wait 5 seconds longer between two requests"),
        Some(Poll::Denied) => ("access_denied", "the user has refused"),
        Some(Poll::Redeemed) => ("invalid_grant", "the device code was used before"),
        Some(Poll::OtherClient) => ("invalid_grant", "the device code is another client's"),
        None => ("expired_token", "the device code is unknown or too old"),
    };
    Err(OAuthError::bad_request(error, description))
}

/// Converts a code that a user typed to the form in which the device shows it.
pub(in super::super) fn normal_user_code(text: &str) -> String {
    let letters = text.chars().filter(char::is_ascii_alphabetic);
    let letters: Vec<_> = letters.map(|letter| letter.to_ascii_uppercase()).collect();
    let (first, last) = letters.split_at(letters.len().min(4));
    first.iter().chain(&['-']).chain(last).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_polls_too_often_is_slowed_down() {
        let mut device = DeviceCode::new("tv".to_owned(), None, None);
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        assert!(matches!(device.poll("tv", at(0)), Poll::Pending));
        assert!(matches!(device.poll("tv", at(0)), Poll::SlowDown));
        assert!(matches!(device.poll("tv", at(2)), Poll::SlowDown));
        assert!(matches!(device.poll("tv", at(20)), Poll::Pending));
        assert!(matches!(device.poll("other", at(40)), Poll::OtherClient));
    }

    #[test]
    fn a_user_code_may_be_typed_in_any_case_and_with_or_without_its_dash() {
        for typed in ["BCDF-GHJK", "bcdfghjk", " bcdf ghjk"] {
            assert_eq!(normal_user_code(typed), "BCDF-GHJK");
        }
        assert_eq!(normal_user_code(""), "-");
    }
}
