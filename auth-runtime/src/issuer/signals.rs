//! Creates and delivers the signals of the issuer: logout tokens and security event tokens.

use std::time::Duration;

use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use url::Url;

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

/// Whom a request to the issuer is about, and where the issuer sends what it says.
#[derive(serde::Deserialize)]
pub(super) struct SignalRequest {
    sub: Option<String>,
    sid: Option<String>,
    /// The `client_id` or the `aud` of the API.
    audience: Option<String>,
    /// For security events: the URI of the event.
    event: Option<String>,
    uri: String,
}

/// Sends a logout token.
///
/// # Errors
/// Says what is wrong with the request, or with the delivery.
pub(super) async fn send_logout(state: &State, asked: SignalRequest) -> Result<Value, String> {
    let audience = asked.audience.ok_or("`audience` is missing")?;
    let mut token = logout_token(state, audience);
    if asked.sub.is_none() && asked.sid.is_none() {
        return Err("`sub` and `sid` are missing".to_owned());
    }
    for (name, value) in [("sub", asked.sub), ("sid", asked.sid)] {
        if let Some(value) = value {
            token = token.claim(name, value);
        }
    }
    let form = serde_urlencoded::to_string([("logout_token", token.mint())]);
    let form = form.map_err(|error| error.to_string())?;
    deliver(&asked.uri, "application/x-www-form-urlencoded", form).await
}

/// Pushes a security event token (RFC 8935).
///
/// # Errors
/// Says what is wrong with the request, or with the delivery.
pub(super) async fn push_event(state: &State, asked: SignalRequest) -> Result<Value, String> {
    let audience = asked.audience.ok_or("`audience` is missing")?;
    let event = asked.event.ok_or("`event` is missing")?;
    let subject = match (asked.sub, asked.sid) {
        (Some(sub), _) => json!({ "format": "iss_sub", "iss": state.url, "sub": sub }),
        (None, Some(sid)) => json!({ "format": "opaque", "id": sid }),
        (None, None) => return Err("`sub` and `sid` are missing".to_owned()),
    };
    let token = security_event(state, audience, &event).claim("sub_id", subject);
    deliver(&asked.uri, "application/secevent+jwt", token.mint()).await
}

/// Only to the loopback: this issuer sends nothing to other machines.
async fn deliver(uri: &str, content_type: &'static str, body: String) -> Result<Value, String> {
    let uri = Url::parse(uri).map_err(|error| format!("`uri`: {error}"))?;
    if !crate::http::is_loopback(&uri) {
        return Err("`uri` is not on the loopback".to_owned());
    }
    let client = Client::builder().no_proxy().timeout(TIMEOUT).build();
    let client = client.map_err(|error| error.to_string())?;
    let request = client.post(uri).header(CONTENT_TYPE, content_type);
    let response = request.body(body).send().await;
    let response = response.map_err(|error| format!("the delivery failed: {error}"))?;
    // The body is not shown: any web page may ask this issuer, and may not read what others serve.
    Ok(json!({ "status": response.status().as_u16() }))
}
