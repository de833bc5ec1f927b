//! Provides the HTTP client for the endpoints of issuers. It sends a request and reads the answer
//! within limits. It knows neither key sets nor tokens: its callers interpret the answers.

mod freshness;
mod pauses;

use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::tls::Certificate;
use reqwest::{Client, RequestBuilder, StatusCode};
use url::{Host, Url};

pub(crate) use self::freshness::{max_age, retry_after};
pub(crate) use self::pauses::pause;

/// The largest body that is read.
const MAX_BYTES: usize = 1024 * 1024;

/// The HTTP client for one endpoint, or for several at the same host.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    client: Client,
}

/// An answer with any status. It does not implement `Debug`, because it may hold the claims of a token.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Empty unless the status is 200.
    pub(crate) body: Vec<u8>,
    /// The certificate of the server and the version of TLS, if there was any.
    #[cfg(feature = "check")]
    pub(crate) tls: Option<reqwest::tls::TlsInfo>,
}

/// The reason why an exchange did not bring a usable answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    #[error("{}", with_sources(.0))]
    Http(#[from] reqwest::Error),
    #[error("it answered with status {status}")]
    Status {
        status: u16,
        /// How long the answer asks us to wait (RFC 9110 §10.2.3).
        retry_after: Option<Duration>,
    },
    #[error("its answer is larger than 1 MiB")]
    TooLarge,
}

impl Http {
    /// Creates a client for the host of this URL. It trusts these authorities in addition to those
    /// of the system.
    ///
    /// # Errors
    /// Fails if TLS cannot be set up.
    pub(crate) fn new(authorities: Vec<Certificate>, url: &Url) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            // If redirects were followed, another host could speak for the issuer.
            .redirect(Policy::none())
            // Bodies are not decompressed, so that the size limit applies to the bytes that arrive.
            .default_headers(HeaderMap::from_iter([(
                ACCEPT_ENCODING,
                HeaderValue::from_static("identity"),
            )]))
            .user_agent(concat!(
                env!("CARGO_PKG_NAME"),
                "/",
                env!("CARGO_PKG_VERSION")
            ));
        #[cfg(feature = "check")]
        let client = client.tls_info(true);
        let client = match url.scheme() {
            // Plain http must not go through a proxy, because that would be another host. Without
            // TLS, no certificate authorities of the system are needed.
            "http" => client.no_proxy().tls_certs_only(authorities),
            _ if is_loopback(url) => client.no_proxy().tls_certs_merge(authorities),
            _ => client.tls_certs_merge(authorities),
        };
        Ok(Self {
            client: client.build()?,
        })
    }

    /// Begins a GET request.
    pub(crate) fn get(&self, url: Url) -> RequestBuilder {
        self.client.get(url)
    }

    /// Begins a POST request.
    pub(crate) fn post(&self, url: Url) -> RequestBuilder {
        self.client.post(url)
    }

    /// Sends a request and reads the answer, with its body if the status is 200. The caller bounds
    /// the time: see [`within`].
    ///
    /// # Errors
    /// Fails if the connection fails, or if the body is larger than 1 MiB.
    pub(crate) async fn send(request: RequestBuilder) -> Result<Answer, HttpError> {
        let mut response = request.send().await?;
        let mut body = Vec::new();
        // Content-Length may be wrong, so the bytes that arrive are counted.
        while response.status() == StatusCode::OK
            && let Some(chunk) = response.chunk().await?
        {
            if body.len() + chunk.len() > MAX_BYTES {
                return Err(HttpError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            #[cfg(feature = "check")]
            tls: response.extensions().get().cloned(),
            status: response.status(),
            headers: response.headers().clone(),
            body,
        })
    }
}

impl Answer {
    /// Returns the error for an answer whose status is not one that the caller can use.
    pub(crate) fn unexpected_status(&self) -> HttpError {
        HttpError::Status {
            status: self.status.as_u16(),
            retry_after: retry_after(self.status, &self.headers),
        }
    }
}

/// Limits the time of an exchange, which may consist of several requests.
///
/// # Errors
/// Fails if the exchange fails or takes longer than this.
pub(crate) async fn within<T, E: From<HttpError>>(
    timeout: Duration,
    exchange: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    tokio::time::timeout(timeout, exchange)
        .await
        .unwrap_or_else(|_| Err(HttpError::TimedOut(timeout).into()))
}

/// Returns whether packets to this host never leave the machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Returns whether an endpoint may be at this URL: https anywhere, http only within the machine or at a
/// host that the operator allows.
pub(crate) fn is_allowed(url: &Url, http_hosts: &[String]) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => {
            let is_host = |host: &str| host.eq_ignore_ascii_case(url.host_str().unwrap_or(""));
            is_loopback(url) || http_hosts.iter().any(|host| is_host(host))
        }
        _ => false,
    }
}

/// Returns the message of an error with its sources, because reqwest names the cause (refused, not
/// found, certificate) only there.
fn with_sources(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_allowed_to_the_machine_itself_and_to_listed_hosts() {
        let hosts = ["keycloak".to_owned()];
        let allowed = |url: &str| is_allowed(&Url::parse(url).unwrap(), &hosts);
        for url in [
            "https://issuer.invalid/",
            "http://localhost:8080/",
            "http://127.0.0.9/",
            "http://[::1]/",
            "http://keycloak:8080/realms/x",
            "http://KEYCLOAK/",
        ] {
            assert!(allowed(url), "{url}");
        }
        for url in [
            "http://issuer.invalid/",
            "http://keycloak.invalid/",
            "http://keycloak@issuer.invalid/",
            "http://192.0.2.1/",
            "ftp://keycloak/",
            "file:///keycloak",
        ] {
            assert!(!allowed(url), "{url}");
        }
    }
}
