//! Publishes the metadata of the issuer (OpenID Connect Discovery, RFC 8414) and its keys.

use rocket::http::{ContentType, Header};
use rocket::serde::json::Json;
use rocket::{Responder, State as Managed, get};
use serde_json::{Value, json};

use super::grants::GRANT_TYPES;
use super::users::OPENID_SCOPES;
use super::{SharedState, State, proofs};

/// A document that nobody keeps, because new keys must be visible at once after a rotation.
#[derive(Responder)]
pub(super) struct Fresh<T> {
    body: T,
    cache_control: Header<'static>,
}

impl<T> Fresh<T> {
    fn new(body: T) -> Self {
        Self {
            body,
            cache_control: Header::new("Cache-Control", "no-store"),
        }
    }
}

#[get("/.well-known/jwks.json")]
pub(super) fn jwks(state: &Managed<SharedState>) -> Fresh<(ContentType, String)> {
    Fresh::new((ContentType::JSON, state.keys.jwks()))
}

#[get("/.well-known/openid-configuration")]
pub(super) fn discovery(state: &Managed<SharedState>) -> Fresh<Json<Value>> {
    Fresh::new(Json(metadata(state)))
}

#[get("/.well-known/oauth-authorization-server")]
pub(super) fn authorization_server(state: &Managed<SharedState>) -> Fresh<Json<Value>> {
    Fresh::new(Json(metadata(state)))
}

fn metadata(state: &State) -> Value {
    let url = |path: &str| format!("{}{path}", state.url());
    let secrets = ["client_secret_basic", "client_secret_post"];
    let api = state.api().scopes.iter().map(String::as_str);
    json!({
        "issuer": state.url(),
        "jwks_uri": url(".well-known/jwks.json"),
        "authorization_endpoint": url("authorize"),
        "token_endpoint": url("oauth/token"),
        "device_authorization_endpoint": url("device_authorization"),
        "userinfo_endpoint": url("userinfo"),
        "end_session_endpoint": url("end-session"),
        "introspection_endpoint": url("introspect"),
        "revocation_endpoint": url("revoke"),
        "grant_types_supported": GRANT_TYPES,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", secrets[0], secrets[1]],
        "introspection_endpoint_auth_methods_supported": secrets,
        "revocation_endpoint_auth_methods_supported": secrets,
        "scopes_supported": OPENID_SCOPES.into_iter().chain(api).collect::<Vec<_>>(),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "dpop_signing_alg_values_supported": proofs::ALGORITHMS.map(|algorithm| algorithm.to_string()),
        "authorization_response_iss_parameter_supported": true,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
    })
}
