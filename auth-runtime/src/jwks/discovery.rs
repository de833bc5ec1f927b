//! Finds the key set of an issuer: at a configured URL, or at the one that the issuer's metadata
//! name.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::ACCEPT;
use serde_json::{Map, Value};
use url::Url;

use super::document::without_bom;
use crate::http::{Http, HttpError, is_allowed, is_loopback};

/// The maximum length of other parties' values in messages, in characters.
const MAX_SHOWN: usize = 200;

/// Where to look for a key set.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// The configured `jwks_uri`.
    At(Url),
    /// The issuer's metadata.
    Discovered(Discovery),
}

/// The metadata of an issuer.
#[derive(Clone, Debug)]
pub(crate) struct Discovery {
    /// The issuer as configured. The metadata must name exactly the same.
    issuer: String,
    /// The locations of OpenID Connect Discovery §4 and of RFC 8414 §3, tried in this order.
    places: [Url; 2],
    /// The hosts to which the operator allows plain http.
    http_hosts: Box<[String]>,
}

/// The error if neither location has usable metadata.
#[derive(Debug, thiserror::Error)]
#[error("the issuer {} has no usable metadata: {first}; {second}", shown(.issuer))]
pub(crate) struct DiscoveryError {
    issuer: String,
    first: Box<MetadataError>,
    second: Box<MetadataError>,
}

/// The reason why the metadata at one location are not usable.
#[derive(Debug, thiserror::Error)]
enum MetadataError {
    #[error("{0}: {1}")]
    Http(String, HttpError),
    #[error("{0}: its answer is not a JSON object")]
    NotAnObject(String),
    #[error("{0}: its `issuer` is {given}, expected {expected}", given = shown(.1), expected = shown(.2))]
    OtherIssuer(String, String, String),
    #[error("{0}: its `jwks_uri` is {1}, expected a URL as a string")]
    NotAUrl(String, String),
    #[error("{0}: its `jwks_uri` is {given}, expected https", given = shown(.1))]
    NotAllowed(String, String),
    #[error("{0}: its `jwks_uri` is {given}, which is on this machine, but the issuer is not", given = shown(.1))]
    Loopback(String, String),
}

impl Discovery {
    /// Derives the locations of the metadata. Returns `None` if the issuer is not a URL from which
    /// metadata may be fetched.
    pub(crate) fn new(issuer: &str, http_hosts: &[String]) -> Option<Self> {
        let openid = Url::parse(&joined(issuer, ".well-known/openid-configuration")).ok()?;
        // RFC 8414 §3.1 puts the metadata between the host and the path of the issuer.
        let mut oauth = Url::parse(issuer).ok()?;
        let path = oauth.path().trim_end_matches('/').to_owned();
        oauth.set_path(&format!("/.well-known/oauth-authorization-server{path}"));
        is_allowed(&openid, http_hosts).then(|| Self {
            issuer: issuer.to_owned(),
            places: [openid, oauth],
            http_hosts: http_hosts.into(),
        })
    }

    /// Reads the URL of the key set from the issuer's metadata.
    ///
    /// # Errors
    /// Fails if neither location has usable metadata.
    pub(super) async fn jwks_uri(&self, http: &Http) -> Result<Url, DiscoveryError> {
        let [openid, oauth] = &self.places;
        let first = match self.jwks_uri_at(openid, http).await {
            Ok(uri) => return Ok(uri),
            Err(error) => error,
        };
        let second = self.jwks_uri_at(oauth, http).await;
        second.map_err(|second| DiscoveryError {
            issuer: self.issuer.clone(),
            first: Box::new(first),
            second: Box::new(second),
        })
    }

    async fn jwks_uri_at(&self, place: &Url, http: &Http) -> Result<Url, MetadataError> {
        let http_error = |error| MetadataError::Http(place.to_string(), error);
        let request = http.get(place.clone()).header(ACCEPT, "application/json");
        let answer = Http::send(request).await.map_err(http_error)?;
        if answer.status != StatusCode::OK {
            return Err(http_error(answer.unexpected_status()));
        }
        self.read(place, &answer.body)
    }

    /// Reads the URL of the key set from the metadata at one location.
    fn read(&self, place: &Url, body: &[u8]) -> Result<Url, MetadataError> {
        let metadata: Map<String, Value> = serde_json::from_slice(without_bom(body))
            .map_err(|_| MetadataError::NotAnObject(place.to_string()))?;
        self.check(place, &metadata)
    }

    /// Reads the URL of the key set from these metadata.
    #[cfg(fuzzing)]
    pub(crate) fn fuzz(&self, body: &[u8]) -> Option<Url> {
        let [place, _] = &self.places;
        self.read(place, body).ok()
    }

    fn check(&self, place: &Url, metadata: &Map<String, Value>) -> Result<Url, MetadataError> {
        let member = |name| metadata.get(name).and_then(Value::as_str);
        // OpenID Connect Discovery §4.3 requires exactly the issuer whose metadata were requested.
        match member("issuer") {
            Some(issuer) if issuer == self.issuer => {}
            other => {
                return Err(MetadataError::OtherIssuer(
                    place.to_string(),
                    other.unwrap_or_default().to_owned(),
                    self.issuer.clone(),
                ));
            }
        }
        let given = member("jwks_uri");
        let Some(uri) = given.and_then(|uri| Url::parse(uri).ok()) else {
            let given = given.map_or_else(|| "missing or not a string".to_owned(), shown);
            return Err(MetadataError::NotAUrl(place.to_string(), given));
        };
        if !is_allowed(&uri, &self.http_hosts) {
            return Err(MetadataError::NotAllowed(place.to_string(), uri.into()));
        }
        // An issuer on another machine must not make us send requests to our own.
        if is_loopback(&uri) && !is_loopback(place) {
            return Err(MetadataError::Loopback(place.to_string(), uri.into()));
        }
        Ok(uri)
    }
}

impl DiscoveryError {
    /// Returns how long an overloaded server asked us to wait.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        [&self.first, &self.second]
            .into_iter()
            .filter_map(|error| match &**error {
                MetadataError::Http(_, HttpError::Status { retry_after, .. }) => *retry_after,
                _ => None,
            })
            .max()
    }
}

impl Origin {
    pub(super) fn is_discovered(&self) -> bool {
        matches!(self, Self::Discovered(_))
    }

    /// Returns the URL that names this origin in messages.
    pub(crate) fn url(&self) -> &Url {
        match self {
            Self::At(url) => url,
            Self::Discovered(Discovery {
                places: [openid, _],
                ..
            }) => openid,
        }
    }
}

/// Joins an issuer and a path by exactly one slash, whether or not the issuer ends with one.
pub(crate) fn joined(issuer: &str, path: &str) -> String {
    format!("{}/{path}", issuer.strip_suffix('/').unwrap_or(issuer))
}

/// Quotes a value of another party for a message.
fn shown(value: &str) -> String {
    match value.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{:?}…", value.get(..end).unwrap_or_default()),
        None => format!("{value:?}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn metadata_are_below_the_issuer_or_between_its_host_and_path() {
        let urls = |issuer| {
            Discovery::new(issuer, &[]).map(|discovery| discovery.places.map(|url| url.to_string()))
        };
        for issuer in ["https://a.invalid/realms/x", "https://a.invalid/realms/x/"] {
            assert_eq!(
                urls(issuer).unwrap(),
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

    /// Returns the message about these metadata of `https://a.invalid/`.
    fn error(metadata: &Value) -> String {
        let discovery = Discovery::new("https://a.invalid/", &["keycloak".to_owned()]).unwrap();
        let place = discovery.places[0].clone();
        let checked = discovery.check(&place, metadata.as_object().unwrap());
        match checked {
            Ok(uri) => uri.to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_message_says_what_the_metadata_gave_and_what_was_expected() {
        let place = "https://a.invalid/.well-known/openid-configuration";
        let of_issuer =
            |uri: Value| error(&json!({"issuer": "https://a.invalid/", "jwks_uri": uri}));
        assert_eq!(
            error(&json!({"issuer": "https://b.invalid/"})),
            format!(
                "{place}: its `issuer` is \"https://b.invalid/\", expected \"https://a.invalid/\""
            )
        );
        assert_eq!(
            of_issuer(json!("http://keys.invalid/keys")),
            format!("{place}: its `jwks_uri` is \"http://keys.invalid/keys\", expected https")
        );
        assert_eq!(
            of_issuer(json!("http://127.0.0.1/keys")),
            format!(
                "{place}: its `jwks_uri` is \"http://127.0.0.1/keys\", which is on this machine, \
                 but the issuer is not"
            )
        );
        assert_eq!(
            of_issuer(json!(1)),
            format!(
                "{place}: its `jwks_uri` is missing or not a string, expected a URL as a string"
            )
        );
        assert_eq!(
            of_issuer(json!("/keys")),
            format!("{place}: its `jwks_uri` is \"/keys\", expected a URL as a string")
        );
    }

    #[test]
    fn keys_are_fetched_by_https_or_from_an_allowed_host() {
        for uri in ["https://b.invalid/keys", "http://keycloak/keys"] {
            let metadata = json!({"issuer": "https://a.invalid/", "jwks_uri": uri});
            assert_eq!(error(&metadata), uri);
        }
    }

    #[test]
    fn a_long_value_is_cut_in_a_message() {
        assert_eq!(shown(&"é".repeat(300)), format!("\"{}\"…", "é".repeat(200)));
    }
}
