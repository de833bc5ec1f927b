//! Counts what a stricter configuration would have done with accepted tokens, by client and code.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::catalogue::SHADOW;
use super::meter::Counter;

/// The number of clients that are counted separately. Further clients are counted together.
const MAX_CLIENTS: usize = 100;
/// The length of the longest identifier of a client that is counted separately.
const MAX_CLIENT_BYTES: usize = 128;
/// Takes the place of further clients.
const OTHER: &str = "other";
/// Takes the place of a client that the token does not name.
const NONE: &str = "none";

/// How many tokens of one client a stricter configuration would accept, or refuse with one code: see
/// [`Auth::shadow_report`](crate::Auth::shadow_report).
///
/// [Operating](crate::guide::operating#before-a-stricter-configuration) explains the counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShadowCount {
    client: String,
    code: Option<&'static str>,
    count: u64,
}

impl ShadowCount {
    /// Returns the claim `client_id` of the tokens, or else `azp`. It is `none` if they have neither,
    /// and `other` for all clients but the first hundred.
    pub fn client(&self) -> &str {
        &self.client
    }

    /// Returns the `code` of the reply that the tokens would get. `None` if they would be accepted.
    pub fn code(&self) -> Option<&'static str> {
        self.code
    }

    /// Returns the number of tokens. With `sample`, it is about that share of all tokens.
    pub fn count(&self) -> u64 {
        self.count
    }
}

/// The verdicts so far.
#[derive(Default)]
pub(crate) struct ShadowTally(Mutex<Clients>);

/// The verdicts by client and code.
type Clients = BTreeMap<Box<str>, BTreeMap<Option<&'static str>, Verdicts>>;

#[derive(Default)]
struct Verdicts {
    count: u64,
    counter: Counter,
}

impl ShadowTally {
    /// Counts a token of this client, and the code with which it would be refused.
    pub(crate) fn count(&self, client: Option<&str>, code: Option<&'static str>) {
        let mut clients = self.clients();
        let client = match client {
            None => NONE,
            Some(client) if clients.contains_key(client) => client,
            Some(client) if clients.len() < MAX_CLIENTS && client.len() <= MAX_CLIENT_BYTES => {
                client
            }
            Some(_) => OTHER,
        };
        let codes = match clients.get_mut(client) {
            Some(codes) => codes,
            None => clients.entry(client.into()).or_default(),
        };
        let verdicts = codes.entry(code).or_default();
        verdicts.count = verdicts.count.saturating_add(1);
        verdicts.counter.increment(&SHADOW, || {
            let outcome = if code.is_none() {
                "accepted"
            } else {
                "refused"
            };
            [
                ("outcome", outcome.to_owned()),
                ("code", code.unwrap_or(NONE).to_owned()),
                ("client", client.to_owned()),
            ]
        });
    }

    pub(crate) fn report(&self) -> Vec<ShadowCount> {
        let clients = self.clients();
        let counts = clients.iter().flat_map(|(client, codes)| {
            codes.iter().map(|(code, verdicts)| ShadowCount {
                client: client.to_string(),
                code: *code,
                count: verdicts.count,
            })
        });
        counts.collect()
    }

    fn clients(&self) -> MutexGuard<'_, Clients> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for ShadowTally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShadowTally").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_hundred_clients_are_counted_by_name_and_the_others_together() {
        let tally = ShadowTally::default();
        for index in 0..150 {
            tally.count(Some(&format!("client {index}")), None);
        }
        for _ in 0..2 {
            tally.count(Some("client 7"), Some("invalid_claims"));
            tally.count(Some("client 149"), Some("invalid_claims"));
            tally.count(Some(&"x".repeat(129)), None);
            tally.count(None, None);
        }
        let report = tally.report();
        let count = |client: &str, code| {
            let mut counts = report.iter();
            let found = counts.find(|count| count.client() == client && count.code() == code);
            found.map(ShadowCount::count)
        };
        assert_eq!(count("client 7", None), Some(1));
        assert_eq!(count("client 7", Some("invalid_claims")), Some(2));
        assert_eq!(count("client 100", None), None);
        assert_eq!(count("other", None), Some(52));
        assert_eq!(count("other", Some("invalid_claims")), Some(2));
        assert_eq!(count("none", None), Some(2));
    }
}
