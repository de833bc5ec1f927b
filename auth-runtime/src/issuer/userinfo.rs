//! What the issuer says of a user to whoever has the user's access token (OpenID Connect Core §5.3).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rocket::serde::json::Json;
use rocket::{State as Managed, get, post};
use serde_json::{Map, Value};

use super::SharedState;
use super::authentication::AuthorizationHeader;
use super::error::OAuthError;
use super::issued;
use super::proofs::DpopHeader;
use crate::token::scope;

#[get("/userinfo")]
pub(super) async fn get(
    state: &Managed<SharedState>,
    authorization: AuthorizationHeader<'_>,
    dpop: DpopHeader<'_>,
) -> Result<Json<Value>, OAuthError> {
    answer(state, authorization, dpop, "GET").await
}

#[post("/userinfo")]
pub(super) async fn post(
    state: &Managed<SharedState>,
    authorization: AuthorizationHeader<'_>,
    dpop: DpopHeader<'_>,
) -> Result<Json<Value>, OAuthError> {
    answer(state, authorization, dpop, "POST").await
}

async fn answer(
    state: &SharedState,
    authorization: AuthorizationHeader<'_>,
    dpop: DpopHeader<'_>,
    method: &str,
) -> Result<Json<Value>, OAuthError> {
    let header = authorization.0.unwrap_or_default();
    let (scheme, token) = header.split_once(' ').unwrap_or((header, ""));
    let is_dpop = scheme.eq_ignore_ascii_case("dpop");
    if !is_dpop && !scheme.eq_ignore_ascii_case("bearer") {
        return Err(OAuthError::invalid_token("an access token is expected"));
    }
    let claims = issued::active_claims(state, token)
        .ok_or_else(|| OAuthError::invalid_token("the access token is not active"))?;
    match (thumbprint(&claims)?, is_dpop) {
        (None, false) => {}
        (Some(key), true) => {
            let proofs = state.proofs().ok_or_else(OAuthError::server_error)?;
            proofs.for_access_token(&dpop, method, token, key).await?;
        }
        (Some(_), false) | (None, true) => {
            let why = "the access token is bound to a key and needs a proof, or neither";
            return Err(OAuthError::invalid_token(why));
        }
    }
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    if !scope::split(text("scope")).any(|scope| scope == "openid") {
        let why = "the access token lacks the scope `openid`";
        return Err(OAuthError::insufficient_scope(why));
    }
    let user = state
        .user(text("sub"))
        .ok_or_else(|| OAuthError::invalid_token("the access token is not a user's"))?;
    let mut info = user.identity_claims();
    info.insert("sub".to_owned(), user.subject().into());
    Ok(Json(info.into()))
}

/// Returns the thumbprint of the key that a token is bound to.
fn thumbprint(claims: &Map<String, Value>) -> Result<Option<[u8; 32]>, OAuthError> {
    let Some(confirmation) = claims.get("cnf") else {
        return Ok(None);
    };
    let thumbprint = confirmation.get("jkt").and_then(Value::as_str);
    let bytes = thumbprint.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
    bytes
        .map(Some)
        .ok_or_else(|| OAuthError::invalid_token("the access token is bound in another way"))
}
