//! Creates and delivers the signals of the issuer: logout tokens and security event tokens.

use std::time::Duration;

use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use super::params::Params;
use super::token::TokenBuilder;
use super::{LocalIssuer, State};

const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
const TIMEOUT: Duration = Duration::from_secs(5);

impl LocalIssuer {
    /// Returns a logout token to be minted (OpenID Connect Back-Channel Logout 1.0 §2.4) for the
    /// client with this `client_id`. Add the `sub` or the `sid` that is logged out.
    pub fn logout_token(&self, client_id: impl Into<String>) -> TokenBuilder<'_> {
        logout_token(self.state(), client_id.into())
    }

    /// Returns a security event token to be minted (RFC 8417) for this audience. Add its `sub_id`.
    pub fn security_event(&self, audience: impl Into<String>, event: &str) -> TokenBuilder<'_> {
        security_event(self.state(), audience.into(), event)
    }
}

pub(super) fn logout_token(state: &State, client_id: String) -> TokenBuilder<'_> {
    let token = signal(state, "logout+jwt").audience(client_id);
    token
        .lifetime(Duration::from_secs(120))
        .claim("events", json!({ LOGOUT_EVENT: {} }))
}

pub(super) fn security_event<'i>(
    state: &'i State,
    audience: String,
    event: &str,
) -> TokenBuilder<'i> {
    let token = signal(state, "secevent+jwt").audience(audience);
    token
        .without_claim("exp")
        .claim("events", json!({ event: {} }))
}

/// A token without what only access tokens have.
fn signal<'i>(state: &'i State, media_type: &str) -> TokenBuilder<'i> {
    let token = TokenBuilder::new(state).header("typ", media_type);
    token.without_claim("sub").without_claim("client_id")
}

/// Sends a logout token: about `sub`, `sid` or both, for the client `audience`, to `uri`.
///
/// # Errors
/// Says what is wrong with the request, or with the delivery.
pub(super) async fn send_logout(state: &State, params: &Params) -> Result<Value, String> {
    let audience = params.get("audience").ok_or("`audience` is missing")?;
    let uri = params.get("uri").ok_or("`uri` is missing")?;
    let mut token = logout_token(state, audience.to_owned());
    let (sub, sid) = (params.get("sub"), params.get("sid"));
    if sub.is_none() && sid.is_none() {
        return Err("`sub` and `sid` are missing".to_owned());
    }
    for (name, value) in [("sub", sub), ("sid", sid)] {
        if let Some(value) = value {
            token = token.claim(name, value);
        }
    }
    deliver_logout(uri, token).await
}

/// Mints this logout token and sends it (OpenID Connect Back-Channel Logout 1.0 §2.5).
///
/// # Errors
/// Says what is wrong with the delivery.
pub(super) async fn deliver_logout(uri: &str, token: TokenBuilder<'_>) -> Result<Value, String> {
    let form = logout_form(&minted(token)?);
    deliver(uri, "application/x-www-form-urlencoded", form).await
}

fn logout_form(token: &str) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("logout_token", token).finish()
}

/// Pushes a security event token (RFC 8935): the `event` about `sub` or `sid`, for the API
/// `audience`, to `uri`.
///
/// # Errors
/// Says what is wrong with the request, or with the delivery.
pub(super) async fn push_event(state: &State, params: &Params) -> Result<Value, String> {
    let audience = params.get("audience").ok_or("`audience` is missing")?;
    let event = params.get("event").ok_or("`event` is missing")?;
    let uri = params.get("uri").ok_or("`uri` is missing")?;
    let subject = match (params.get("sub"), params.get("sid")) {
        (Some(sub), _) => json!({ "format": "iss_sub", "iss": state.url(), "sub": sub }),
        (None, Some(sid)) => json!({ "format": "opaque", "id": sid }),
        (None, None) => return Err("`sub` and `sid` are missing".to_owned()),
    };
    let token = security_event(state, audience.to_owned(), event).claim("sub_id", subject);
    deliver(uri, "application/secevent+jwt", minted(token)?).await
}

fn minted(token: TokenBuilder<'_>) -> Result<String, String> {
    token.try_mint().map_err(|error| error.to_string())
}

/// Delivers a signal to the loopback only. A redirect is not followed, because it could lead to another
/// machine.
async fn deliver(uri: &str, content_type: &'static str, body: String) -> Result<Value, String> {
    let uri = Url::parse(uri).map_err(|error| format!("`uri`: {error}"))?;
    if !crate::http::is_loopback(&uri) {
        return Err("`uri` is not on the loopback".to_owned());
    }
    let client = Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .timeout(TIMEOUT)
        .build();
    let client = client.map_err(|error| error.to_string())?;
    let request = client.post(uri).header(CONTENT_TYPE, content_type);
    let response = request.body(body).send().await;
    let response = response.map_err(|error| format!("the delivery failed: {error}"))?;
    // The body is not shown: any web page may ask this issuer, and may not read what others serve.
    Ok(json!({ "status": response.status().as_u16() }))
}
