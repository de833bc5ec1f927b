//! Where the key set of an issuer is: at a URL that is configured, or at one that its metadata
//! names.

use serde_json::{Map, Value};
use url::Url;

use super::http::Http;
use super::http::{HttpError, is_allowed, is_loopback};

/// Where to look for a key set.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// The configured `jwks_uri`.
    At(Url),
    /// The issuer's metadata.
    Discovered(Issuer),
}

/// An issuer that publishes metadata.
#[derive(Clone, Debug)]
pub(crate) struct Issuer {
    /// As configured: the metadata must name the very same.
    name: String,
    /// Tried in this order: OpenID Connect Discovery §4, RFC 8414 §3.
    metadata: [Url; 2],
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum DiscoveryError {
    #[error("{0}: {1}")]
    Http(Url, HttpError),
    #[error("the metadata at {0} is not a JSON object")]
    NotAnObject(Url),
    #[error("the metadata at {0} is that of another issuer than the configured one")]
    OtherIssuer(Url),
    #[error("the metadata at {0} has no `jwks_uri` that keys may be fetched from")]
    NoJwksUri(Url),
}

impl Issuer {
    /// `None` if it is not a URL that metadata may be fetched from.
    pub(crate) fn new(name: &str) -> Option<Self> {
        let openid = Url::parse(&joined(name, ".well-known/openid-configuration")).ok()?;
        // RFC 8414 §3.1: between the host and the path of the issuer, not behind them.
        let mut oauth = Url::parse(name).ok()?;
        let path = oauth.path().trim_end_matches('/').to_owned();
        oauth.set_path(&format!("/.well-known/oauth-authorization-server{path}"));
        is_allowed(&openid).then(|| Self {
            name: name.to_owned(),
            metadata: [openid, oauth],
        })
    }

    /// The URL of the key set, as the issuer's metadata names it.
    pub(super) async fn discover(&self, http: &Http) -> Result<Url, DiscoveryError> {
        let [openid, oauth] = &self.metadata;
        match self.discover_at(openid, http).await {
            Err(DiscoveryError::Http(_, HttpError::Status(_))) => {
                self.discover_at(oauth, http).await
            }
            other => other,
        }
    }

    async fn discover_at(&self, url: &Url, http: &Http) -> Result<Url, DiscoveryError> {
        let document = http.get(url, None).await;
        let document = document.map_err(|error| DiscoveryError::Http(url.clone(), error))?;
        let metadata: Map<String, Value> =
            serde_json::from_slice(&document.body.unwrap_or_default())
                .map_err(|_| DiscoveryError::NotAnObject(url.clone()))?;
        // OpenID Connect Discovery §4.3: exactly the issuer that was asked.
        if metadata.get("issuer").and_then(Value::as_str) != Some(&*self.name) {
            return Err(DiscoveryError::OtherIssuer(url.clone()));
        }
        metadata
            .get("jwks_uri")
            .and_then(Value::as_str)
            .and_then(|uri| Url::parse(uri).ok())
            // An issuer out there does not get us to ask our own machine.
            .filter(|uri| is_allowed(uri) && (is_loopback(url) || !is_loopback(uri)))
            .ok_or_else(|| DiscoveryError::NoJwksUri(url.clone()))
    }

    pub(crate) fn metadata_url(&self) -> &Url {
        let [openid, _] = &self.metadata;
        openid
    }
}

impl Origin {
    /// What stands for it in messages.
    pub(crate) fn url(&self) -> &Url {
        match self {
            Self::At(url) => url,
            Self::Discovered(issuer) => issuer.metadata_url(),
        }
    }
}

/// Joined by exactly one slash, whether the issuer ends with one or not.
pub(crate) fn joined(issuer: &str, path: &str) -> String {
    format!("{}/{path}", issuer.strip_suffix('/').unwrap_or(issuer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_lies_behind_the_issuer_or_between_its_host_and_path() {
        let urls =
            |name| Issuer::new(name).map(|issuer| issuer.metadata.map(|url| url.to_string()));
        for name in ["https://a.invalid/realms/x", "https://a.invalid/realms/x/"] {
            assert_eq!(
                urls(name).unwrap(),
                [
                    "https://a.invalid/realms/x/.well-known/openid-configuration",
                    "https://a.invalid/.well-known/oauth-authorization-server/realms/x",
                ]
            );
        }
        assert_eq!(
            urls("https://a.invalid/").unwrap()[1],
            "https://a.invalid/.well-known/oauth-authorization-server"
        );
        assert_eq!(urls("http://a.invalid/"), None);
        assert_eq!(urls("no url"), None);
    }
}
