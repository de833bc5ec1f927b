//! Fetches once and keeps every detail, for [`Auth::check`](crate::Auth::check).

use std::time::{Duration, Instant, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{AGE, DATE, HeaderMap};
use reqwest::tls::TlsInfo;
use url::Url;

use super::{FetchError, Fetcher};
use crate::http::{Answer, within};
use crate::jwks::event::Fetch;
use crate::jwks::set::{KeySet, SkippedKey};

/// The details of a fetch.
#[derive(Debug)]
pub(crate) struct Inspection {
    /// Where metadata were looked for, and how long that took, if they were.
    pub(crate) metadata: Option<(Url, Duration)>,
    /// Where the keys are.
    pub(crate) address: Option<Url>,
    /// How long the fetch of the keys took.
    pub(crate) took: Duration,
    /// The keys, or why there are none.
    pub(crate) keys: Result<InspectedKeys, String>,
    /// How the time of the server differs from ours.
    pub(crate) server: Option<ServerTime>,
    pub(crate) tls: Option<TlsInfo>,
}

/// The keys of a set.
#[derive(Debug)]
pub(crate) struct InspectedKeys {
    pub(crate) used: Vec<Option<String>>,
    pub(crate) skipped: Vec<SkippedKey>,
}

/// The time of a server when it answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ServerTime {
    /// By its `Date`, and by the `Age` that caches add.
    pub(crate) time: SystemTime,
    /// When the answer arrived.
    pub(crate) received: Instant,
}

impl Fetcher {
    /// Fetches metadata and keys as every fetch does, and keeps what it saw on the way.
    pub(in crate::jwks) async fn inspect(&mut self) -> Inspection {
        let timeout = self.remote.times.timeout;
        let mut inspection = Inspection {
            metadata: None,
            address: None,
            took: Duration::ZERO,
            keys: Err(String::new()),
            server: None,
            tls: None,
        };
        let started = Instant::now();
        let located = within(timeout, async {
            Ok::<_, FetchError>(self.locate(Fetch::Metadata).await?)
        });
        let located = located.await;
        if self.remote.origin.is_discovered() {
            inspection.metadata = Some((self.remote.origin.url().clone(), started.elapsed()));
        }
        let address = match located {
            Ok(address) => address,
            Err(error) => {
                inspection.keys = Err(error.to_string());
                return inspection;
            }
        };
        inspection.address = Some(address.clone());
        let started = Instant::now();
        let answer = within(timeout, async {
            Ok::<_, FetchError>(self.get(&address, None).await?)
        });
        let answer = answer.await;
        inspection.took = started.elapsed();
        inspection.keys = match answer {
            Ok(answer) => {
                inspection.server = server_time(&answer.headers);
                inspection.tls.clone_from(&answer.tls);
                self.inspect_keys(&answer)
                    .map_err(|error| error.to_string())
            }
            Err(error) => Err(error.to_string()),
        };
        inspection
    }

    fn inspect_keys(&self, answer: &Answer) -> Result<InspectedKeys, FetchError> {
        if answer.status != StatusCode::OK {
            return Err(answer.unexpected_status().into());
        }
        let (keys, skipped) = KeySet::parse(&answer.body, &self.remote.accepted)?;
        Ok(InspectedKeys {
            used: keys.kids().map(|kid| kid.map(str::to_owned)).collect(),
            skipped,
        })
    }
}

fn server_time(headers: &HeaderMap) -> Option<ServerTime> {
    let text = |name| headers.get(name)?.to_str().ok();
    let date = httpdate::parse_http_date(text(DATE)?).ok()?;
    let age = text(AGE).and_then(|age| age.trim().parse().ok());
    let time = date.checked_add(Duration::from_secs(age.unwrap_or_default()))?;
    Some(ServerTime {
        time,
        received: Instant::now(),
    })
}
