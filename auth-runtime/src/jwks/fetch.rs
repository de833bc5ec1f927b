//! Fetching a document from an issuer over HTTP, within bounds.

use std::time::Duration;

use reqwest::header::{ACCEPT, CACHE_CONTROL, HeaderMap};
use reqwest::redirect::Policy;
use url::{Host, Url};

const MOST_BYTES: usize = 1024 * 1024;

/// Where a document is fetched from: https, or http on the loopback.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    url: Url,
    timeout: Duration,
    client: reqwest::Client,
}

/// A fetched document.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) body: Vec<u8>,
    /// From its `Cache-Control`, where that says for how long it may be kept.
    pub(crate) max_age: Option<Duration>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    #[error("{}", with_sources(.0))]
    Http(#[from] reqwest::Error),
    #[error("it answered with status {0}")]
    Status(u16),
    #[error("its answer is larger than 1 MiB")]
    TooLarge,
}

impl Endpoint {
    /// # Errors
    /// If TLS cannot be set up.
    pub(crate) fn new(url: Url, timeout: Duration) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            // A redirect would let another host speak for the issuer.
            .redirect(Policy::none())
            .timeout(timeout)
            .user_agent(concat!(
                env!("CARGO_PKG_NAME"),
                "/",
                env!("CARGO_PKG_VERSION")
            ));
        // Plain http is for the loopback alone, and a proxy would be another host.
        let client = if url.scheme() == "http" {
            client.no_proxy()
        } else {
            client
        };
        Ok(Self {
            client: client.build()?,
            url,
            timeout,
        })
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// # Errors
    /// If there is no answer in time, or one that is not a document of moderate size.
    pub(crate) async fn fetch(&self) -> Result<Document, FetchError> {
        tokio::time::timeout(self.timeout, self.fetch_whole())
            .await
            .map_err(|_| FetchError::TimedOut(self.timeout))?
    }

    async fn fetch_whole(&self) -> Result<Document, FetchError> {
        let request = self
            .client
            .get(self.url.clone())
            .header(ACCEPT, "application/json");
        let mut response = request.send().await?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(FetchError::Status(response.status().as_u16()));
        }
        let max_age = max_age(response.headers());
        let mut body = Vec::new();
        // Content-Length is a claim: what arrives is counted.
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > MOST_BYTES {
                return Err(FetchError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Document { body, max_age })
    }
}

/// Whether http without TLS may be spoken with this host: its packets never leave the machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// RFC 9111 §5.2.2.1. `no-store`, `no-cache` and what cannot be read count as silence.
fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let mut seconds = None;
    for value in headers.get_all(CACHE_CONTROL) {
        for directive in value.to_str().ok()?.split(',').map(str::trim) {
            let (name, argument) = directive.split_once('=').unwrap_or((directive, ""));
            if name.eq_ignore_ascii_case("no-store") || name.eq_ignore_ascii_case("no-cache") {
                return None;
            }
            if name.eq_ignore_ascii_case("max-age") {
                seconds = Some(argument.trim_matches('"').parse().ok()?);
            }
        }
    }
    seconds.map(Duration::from_secs)
}

/// reqwest tells the cause (refused, not found, certificate) in its error's sources alone.
fn with_sources(error: &reqwest::Error) -> String {
    let mut told = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        told = format!("{told}: {error}");
        source = error.source();
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn age(values: &[&'static str]) -> Option<u64> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(CACHE_CONTROL, HeaderValue::from_static(value));
        }
        max_age(&headers).map(|age| age.as_secs())
    }

    #[test]
    fn max_age_is_read_from_any_directive() {
        assert_eq!(age(&["public, max-age=60"]), Some(60));
        assert_eq!(age(&["public", "Max-Age=\"60\""]), Some(60));
    }

    #[test]
    fn nonsense_and_no_store_count_as_silence() {
        for value in [
            "max-age",
            "max-age=x",
            "max-age=-1",
            "no-store, max-age=60",
            "s-maxage=1",
        ] {
            assert_eq!(age(&[value]), None, "{value}");
        }
        assert_eq!(age(&[]), None);
    }
}
