//! Fetches a key set over HTTP, from the configured address or from the one that metadata name.

#[cfg(feature = "check")]
mod inspect;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{ACCEPT, ETAG, HeaderValue, IF_NONE_MATCH};
use url::Url;

#[cfg(feature = "check")]
pub(crate) use self::inspect::{Inspection, ServerTime};
use super::algorithm::Algorithm;
use super::discovery::{DiscoveryError, Origin};
use super::document::NotAKeySet;
use super::event::{Fetch, Times};
use super::set::{KeySet, SkippedKey};
use super::snapshot::Snapshot;
use crate::http::{Answer, Http, HttpError, max_age, within};
use crate::telemetry::KeyMeter;

/// RFC 7517 §8.5.1 registers the first type, and some servers offer only that one.
const ACCEPTED: &str = "application/jwk-set+json, application/json;q=0.9, */*;q=0.1";
/// The maximum number of different messages about unusable keys that are logged.
const MAX_WARNINGS: usize = 1000;

/// The settings by which a key set is fetched.
#[derive(Debug)]
pub(crate) struct Remote {
    pub(crate) origin: Origin,
    pub(crate) http: Http,
    pub(crate) accepted: Box<[Algorithm]>,
    pub(crate) times: Times,
    pub(crate) snapshot: Option<Snapshot>,
    pub(crate) meter: Arc<KeyMeter>,
}

/// The result of a fetch.
#[derive(Clone, Debug)]
pub(super) enum Fetched {
    Set(FetchedSet),
    /// The metadata name the same address as before. The keys were not fetched.
    Unmoved,
}

/// A set that is new or was found unchanged.
#[derive(Clone, Debug)]
pub(super) struct FetchedSet {
    pub(super) keys: Arc<KeySet>,
    pub(super) document: Arc<[u8]>,
    pub(super) max_age: Option<Duration>,
}

/// The reason why a fetch failed.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) error: FetchError,
    /// The metadata name another address than that of the last set.
    pub(super) has_moved: bool,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    #[error("the answer is not a key set: {0}")]
    NotAKeySet(#[from] NotAKeySet),
}

/// Fetches one issuer's keys, and remembers the last answer.
pub(super) struct Fetcher {
    remote: Arc<Remote>,
    /// The address of the keys that the metadata named last.
    address: Option<Url>,
    last: Option<Last>,
    warned: HashSet<String>,
}

/// The last set that was fetched.
#[derive(Clone)]
struct Last {
    address: Url,
    etag: Option<HeaderValue>,
    document: Arc<[u8]>,
    keys: Arc<KeySet>,
}

impl Fetcher {
    pub(super) fn new(remote: Arc<Remote>) -> Self {
        Self {
            remote,
            address: None,
            last: None,
            warned: HashSet::new(),
        }
    }

    /// Fetches, within the time limit for all requests together.
    pub(super) async fn fetch(&mut self, fetch: Fetch) -> Result<Fetched, Failed> {
        let timeout = self.remote.times.timeout;
        let fetched = within(timeout, self.fetch_unbounded(fetch)).await;
        fetched.map_err(|error| Failed {
            error,
            has_moved: self.address.as_ref().is_some_and(|address| {
                self.last.as_ref().map(|last| &last.address) != Some(address)
            }),
        })
    }

    async fn fetch_unbounded(&mut self, fetch: Fetch) -> Result<Fetched, FetchError> {
        let address = self.locate(fetch).await?;
        let last = self.last.as_ref().filter(|last| last.address == address);
        if fetch == Fetch::Metadata && last.is_some() {
            return Ok(Fetched::Unmoved);
        }
        let answer = self.get(&address, last).await?;
        let max_age = max_age(&answer.headers);
        let etag = answer.headers.get(ETAG).cloned();
        let new = match (last, answer.status) {
            (Some(last), StatusCode::NOT_MODIFIED) if last.etag.is_some() => {
                last.with_etag(etag.or_else(|| last.etag.clone()))
            }
            // An unchanged set keeps its generation, so that tokens verified with it stay remembered.
            (Some(last), StatusCode::OK) if *last.document == *answer.body => last.with_etag(etag),
            (_, StatusCode::OK) => self.parse(address, etag, answer.body)?,
            _ => return Err(answer.unexpected_status().into()),
        };
        let new = self.last.insert(new);
        Ok(Fetched::Set(FetchedSet {
            keys: Arc::clone(&new.keys),
            document: Arc::clone(&new.document),
            max_age,
        }))
    }

    /// Finds the address of the keys. Metadata are read unless the last address can be used.
    async fn locate(&mut self, fetch: Fetch) -> Result<Url, DiscoveryError> {
        match (&self.remote.origin, &self.address) {
            (Origin::At(url), _) => Ok(url.clone()),
            (Origin::Discovered(_), Some(address)) if fetch == Fetch::Keys => Ok(address.clone()),
            (Origin::Discovered(discovery), _) => {
                let address = discovery.jwks_uri(&self.remote.http).await?;
                Ok(self.address.insert(address).clone())
            }
        }
    }

    async fn get(&self, address: &Url, last: Option<&Last>) -> Result<Answer, HttpError> {
        let request = self.remote.http.get(address.clone());
        let request = request.header(ACCEPT, ACCEPTED);
        let request = match last.and_then(|last| last.etag.as_ref()) {
            Some(etag) => request.header(IF_NONE_MATCH, etag),
            None => request,
        };
        Http::send(request).await
    }

    fn parse(
        &mut self,
        address: Url,
        etag: Option<HeaderValue>,
        document: Vec<u8>,
    ) -> Result<Last, NotAKeySet> {
        let (keys, skipped) = KeySet::parse(&document, &self.remote.accepted)?;
        self.warn(&skipped);
        log::debug!("{} keys fetched from {address}", keys.len());
        Ok(Last {
            address,
            etag,
            document: document.into(),
            keys: Arc::new(keys),
        })
    }

    /// Logs the reason why each key is not used, once.
    fn warn(&mut self, skipped: &[SkippedKey]) {
        for key in skipped {
            let message = format!("key {:?} is not used: {}", key.kid, key.reason);
            // An issuer must not make us remember an unlimited number of messages.
            if self.warned.len() < MAX_WARNINGS && !self.warned.contains(&message) {
                log::warn!("{}: {message}", self.remote.origin.url());
                self.warned.insert(message);
            }
        }
    }
}

impl Last {
    /// Returns the same set with the tag of a later answer.
    fn with_etag(&self, etag: Option<HeaderValue>) -> Self {
        Self {
            etag,
            ..self.clone()
        }
    }
}

impl FetchError {
    /// Returns how long an overloaded server asked us to wait.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Http(HttpError::Status { retry_after, .. }) => *retry_after,
            Self::Discovery(error) => error.retry_after(),
            Self::Http(_) | Self::NotAKeySet(_) => None,
        }
    }
}
