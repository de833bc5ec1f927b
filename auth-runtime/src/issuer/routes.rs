//! Defines the routes of the issuer.

use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{Catcher, Request, Route, State as Managed, catch, post};
use serde_json::{Value, json};

use super::authentication::AuthorizationHeader;
use super::error::OAuthError;
use super::params::Params;
use super::{
    SharedState, authorize, cors, device, end_session, grants, issued, metadata, signals, userinfo,
};

pub(super) fn all() -> Vec<Route> {
    rocket::routes![
        metadata::jwks,
        metadata::discovery,
        metadata::authorization_server,
        grants::token,
        authorize::ask,
        authorize::log_in,
        device::start,
        device::ask,
        device::log_in,
        userinfo::get,
        userinfo::post,
        end_session::get,
        end_session::post,
        introspect,
        revoke,
        logout,
        push_event,
        cors::preflight,
    ]
}

pub(super) fn catchers() -> Vec<Catcher> {
    rocket::catchers![not_found, otherwise]
}

/// Answers as RFC 7662 requires. The client must authenticate, if only with a secret of its choice.
#[post("/introspect", data = "<params>")]
fn introspect(
    state: &Managed<SharedState>,
    authorization: AuthorizationHeader<'_>,
    params: Result<Params, OAuthError>,
) -> Result<Json<Value>, OAuthError> {
    let params = params?;
    require_authentication(&authorization, &params)?;
    state.client_id(&authorization, &params)?;
    Ok(Json(issued::introspect(state, params.require("token")?)))
}

/// Revokes a token (RFC 7009).
#[post("/revoke", data = "<params>")]
fn revoke(
    state: &Managed<SharedState>,
    authorization: AuthorizationHeader<'_>,
    params: Result<Params, OAuthError>,
) -> Result<Json<Value>, OAuthError> {
    let params = params?;
    let client = state.client_id(&authorization, &params)?;
    state.revoke_for(&client, params.require("token")?)?;
    Ok(Json(json!({})))
}

/// Sends a logout token to the API that the request names.
#[post("/logout", data = "<params>")]
async fn logout(
    state: &Managed<SharedState>,
    params: Result<Params, OAuthError>,
) -> Result<Json<Value>, OAuthError> {
    let sent = signals::send_logout(state, &params?).await;
    sent.map(Json).map_err(OAuthError::invalid_request)
}

/// Pushes a security event token to the API that the request names.
#[post("/push-event", data = "<params>")]
async fn push_event(
    state: &Managed<SharedState>,
    params: Result<Params, OAuthError>,
) -> Result<Json<Value>, OAuthError> {
    let sent = signals::push_event(state, &params?).await;
    sent.map(Json).map_err(OAuthError::invalid_request)
}

/// Refuses clients that do not authenticate (RFC 7662 §2.1).
fn require_authentication(
    authorization: &AuthorizationHeader<'_>,
    params: &Params,
) -> Result<(), OAuthError> {
    let is_authenticated = authorization.0.is_some()
        || params.get("client_secret").is_some()
        || params.get("client_assertion").is_some();
    if is_authenticated {
        Ok(())
    } else {
        Err(OAuthError::invalid_client(
            "the client does not authenticate",
        ))
    }
}

#[catch(404)]
fn not_found() -> OAuthError {
    OAuthError::not_found()
}

#[catch(default)]
fn otherwise(status: Status, _: &Request<'_>) -> (Status, Json<Value>) {
    (status, Json(json!({ "error": "invalid_request" })))
}
