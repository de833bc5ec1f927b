//! GET of a JSON document over HTTP, within bounds.

use std::time::Duration;

use reqwest::header::{ACCEPT, CACHE_CONTROL, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH};
use reqwest::redirect::Policy;
use reqwest::tls::Certificate;
use reqwest::{Client, StatusCode};
use url::{Host, Url};

const MOST_BYTES: usize = 1024 * 1024;

/// The HTTP client of one issuer.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    client: Client,
    timeout: Duration,
}

/// An answer to a GET.
#[derive(Debug)]
pub(super) struct Document {
    /// `None` if it is still the one of the entity tag that was sent along.
    pub(super) body: Option<Vec<u8>>,
    pub(super) etag: Option<HeaderValue>,
    /// From its `Cache-Control`, where that says for how long it may be kept.
    pub(super) max_age: Option<Duration>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    #[error("{}", with_sources(.0))]
    Http(#[from] reqwest::Error),
    #[error("it answered with status {0}")]
    Status(u16),
    #[error("its answer is larger than 1 MiB")]
    TooLarge,
}

impl Http {
    /// A client for the documents of this URL's host, which trusts these authorities beside those of
    /// the system.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub(crate) fn new(
        timeout: Duration,
        authorities: Vec<Certificate>,
        url: &Url,
    ) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            // A redirect would let another host speak for the issuer.
            .redirect(Policy::none())
            .connect_timeout(timeout)
            .timeout(timeout)
            .user_agent(concat!(
                env!("CARGO_PKG_NAME"),
                "/",
                env!("CARGO_PKG_VERSION")
            ));
        // A proxy would be another host.
        let client = if is_loopback(url) {
            client.no_proxy()
        } else {
            client
        };
        let client = match url.scheme() {
            // Without TLS, a machine without any authorities serves as well.
            "http" => client.tls_certs_only(authorities),
            _ => client.tls_certs_merge(authorities),
        };
        Ok(Self {
            client: client.build()?,
            timeout,
        })
    }

    /// # Errors
    /// If there is no answer in time, or one that is not a document of moderate size.
    pub(super) async fn get(
        &self,
        url: &Url,
        etag: Option<&HeaderValue>,
    ) -> Result<Document, HttpError> {
        tokio::time::timeout(self.timeout, self.get_whole(url, etag))
            .await
            .map_err(|_| HttpError::TimedOut(self.timeout))?
    }

    async fn get_whole(
        &self,
        url: &Url,
        etag: Option<&HeaderValue>,
    ) -> Result<Document, HttpError> {
        let mut request = self
            .client
            .get(url.clone())
            .header(ACCEPT, "application/json");
        if let Some(etag) = etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        let mut response = request.send().await?;
        let etag_back = response.headers().get(ETAG).cloned();
        let max_age = max_age(response.headers());
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_MODIFIED if etag.is_some() => {
                return Ok(Document {
                    body: None,
                    etag: etag_back,
                    max_age,
                });
            }
            status => return Err(HttpError::Status(status.as_u16())),
        }
        let mut body = Vec::new();
        // Content-Length is a claim: what arrives is counted.
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > MOST_BYTES {
                return Err(HttpError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Document {
            body: Some(body),
            etag: etag_back,
            max_age,
        })
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

/// Whether documents may be fetched from here: by https, or by http within the machine.
pub(crate) fn is_allowed(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url))
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
