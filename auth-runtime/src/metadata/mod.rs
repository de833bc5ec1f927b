//! Serves the metadata of the API (RFC 9728): the issuers whose tokens it accepts, its scopes, and
//! how tokens may be bound.

use std::io::Cursor;
use std::sync::{Arc, OnceLock};

use rocket::http::{ContentType, Method};
use rocket::route::{Handler, Outcome};
use rocket::{Data, Request, Response, Route};
use serde::Serialize;

use crate::config::{Mode, PublicUrl, Settings};
use crate::jwks::Algorithm;
use crate::routes::{self, Policies};

const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// Serves the metadata.
#[derive(Clone)]
struct Endpoint {
    /// The metadata without the scopes, which are only known at launch.
    metadata: Metadata,
    body: Arc<OnceLock<String>>,
}

/// The members of RFC 9728 §2. Empty ones are left out.
#[derive(Clone, Debug, Serialize)]
struct Metadata {
    resource: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authorization_servers: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scopes_supported: Vec<&'static str>,
    bearer_methods_supported: [&'static str; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dpop_signing_alg_values_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    dpop_bound_access_tokens_required: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    tls_client_certificate_bound_access_tokens: bool,
}

/// Returns the route that serves the metadata, if the configuration asks for them.
pub(crate) fn routes(settings: &Settings) -> Vec<Route> {
    let public_url = settings.public_url.as_ref();
    let public_url = public_url.filter(|_| settings.resource_metadata);
    let route = public_url.map(|url| Endpoint::new(settings, url).route(url));
    route.into_iter().collect()
}

impl Endpoint {
    fn new(settings: &Settings, public_url: &PublicUrl) -> Self {
        let issuers = match &settings.mode {
            Mode::KeySets(issuers) | Mode::Migration(issuers, _) => {
                issuers.iter().flat_map(|it| it.names.clone()).collect()
            }
            Mode::SharedSecret(secret) => secret.issuers.clone(),
        };
        let dpop = settings.bound_tokens.dpop.as_ref();
        let algorithms = dpop.map_or(&[][..], |dpop| &dpop.algorithms);
        let metadata = Metadata {
            resource: public_url.text.clone(),
            authorization_servers: issuers,
            scopes_supported: Vec::new(),
            bearer_methods_supported: ["header"],
            dpop_signing_alg_values_supported: algorithms
                .iter()
                .copied()
                .map(Algorithm::name)
                .collect(),
            dpop_bound_access_tokens_required: dpop.is_some_and(|dpop| dpop.is_required),
            tls_client_certificate_bound_access_tokens: settings.bound_tokens.mtls.is_some(),
        };
        Self {
            metadata,
            body: Arc::default(),
        }
    }

    /// Creates the route. Rocket also matches its path with a trailing slash.
    fn route(self, public_url: &PublicUrl) -> Route {
        let mut route = Route::new(Method::Get, &path(public_url), self);
        routes::declare_public(&mut route, "oauth_protected_resource");
        route
    }

    fn body(&self, policies: impl FnOnce() -> Policies) -> String {
        let body = self.body.get_or_init(|| {
            let mut metadata = self.metadata.clone();
            metadata.scopes_supported = policies().required_scopes();
            // Strings and flags can always be serialised.
            serde_json::to_string(&metadata).unwrap_or_default()
        });
        body.clone()
    }
}

/// Returns the URL of the metadata (RFC 9728 §3.1).
pub(crate) fn url(public_url: &PublicUrl) -> String {
    let target = public_url.target.as_str();
    let origin = target
        .strip_suffix(public_url.target.path())
        .unwrap_or(target);
    format!("{origin}{}", path(public_url))
}

fn path(public_url: &PublicUrl) -> String {
    match public_url.target.path() {
        "/" => WELL_KNOWN.to_owned(),
        path => format!("{WELL_KNOWN}{path}"),
    }
}

#[rocket::async_trait]
impl Handler for Endpoint {
    async fn handle<'r>(&self, request: &'r Request<'_>, _: Data<'r>) -> Outcome<'r> {
        let body = self.body(|| Policies::of(request.rocket()));
        let response = Response::build()
            .header(ContentType::JSON)
            // Clients in browsers read the metadata before they have a token.
            .raw_header("Access-Control-Allow-Origin", "*")
            .sized_body(body.len(), Cursor::new(body))
            .finalize();
        Outcome::Success(response)
    }
}
