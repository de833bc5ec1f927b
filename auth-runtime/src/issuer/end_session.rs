//! Ends a user's session (OpenID Connect RP-Initiated Logout 1.0), and sends a logout token to the
//! client (Back-Channel Logout 1.0).

use rocket::http::Status;
use rocket::{State as Managed, get, post};
use serde_json::{Map, Value};

use super::authorize::Reply;
use super::clients::redirect_uri;
use super::error::OAuthError;
use super::page::{Page, Redirect};
use super::params::Params;
use super::query::Query;
use super::{SharedState, State, issued, signals};

#[get("/end-session")]
pub(super) async fn get(state: &Managed<SharedState>, query: Query<'_>) -> Reply {
    answer(state, query.params()).await
}

#[post("/end-session", data = "<params>")]
pub(super) async fn post(
    state: &Managed<SharedState>,
    params: Result<Params, OAuthError>,
) -> Reply {
    answer(state, params).await
}

async fn answer(state: &State, params: Result<Params, OAuthError>) -> Reply {
    let done = match params {
        Ok(params) => end(state, &params).await,
        Err(_) => Err("a parameter occurs twice, or the body is too large"),
    };
    done.unwrap_or_else(|why| Reply::Page(Page::message(Status::BadRequest, "Wrong request", why)))
}

async fn end(state: &State, params: &Params) -> Result<Reply, &'static str> {
    let hint = match params.get("id_token_hint") {
        None => None,
        Some(token) => Some(
            issued::signed_claims(state, token)
                .ok_or("`id_token_hint` is not an ID token of this issuer")?,
        ),
    };
    let text = |name: &str| hint.as_ref().and_then(|hint| claim(hint, name));
    let client = match (text("aud"), params.get("client_id")) {
        (Some(hinted), Some(named)) if hinted != named => {
            return Err("`client_id` is not the client of `id_token_hint`");
        }
        (hinted, named) => hinted.or(named),
    };
    let client = client.map(|id| (id, state.client(id)));
    let back = match params.get("post_logout_redirect_uri") {
        None => None,
        Some(uri) => {
            let (_, client) = client.ok_or("`id_token_hint` or `client_id` is missing")?;
            let uri = redirect_uri(client, uri).ok_or(
                "`post_logout_redirect_uri` is neither one of the client's `redirect_uris` nor on a \
                 loopback address",
            )?;
            Some(uri)
        }
    };
    if let Some(session) = text("sid") {
        state.end_session(session.to_owned());
        if let (Some((id, Some(client))), Some(user)) = (client, text("sub"))
            && let Some(uri) = client.backchannel_logout_uri()
        {
            let token = signals::logout_token(state, id.to_owned());
            let token = token.claim("sub", user).claim("sid", session);
            if let Err(error) = signals::deliver_logout(uri, token).await {
                log::warn!("the local issuer cannot deliver a logout token: {error}");
            }
        }
    }
    Ok(match back {
        Some(uri) => Reply::Redirect(Redirect::new(uri, &[("state", params.get("state"))])),
        None => Reply::Page(Page::message(
            Status::Ok,
            "You are logged out",
            "You can close this page.",
        )),
    })
}

fn claim<'c>(claims: &'c Map<String, Value>, name: &str) -> Option<&'c str> {
    claims.get(name).and_then(Value::as_str)
}
