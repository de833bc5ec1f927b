//! Mounts the endpoints that receive logouts and security events from an issuer.

use rocket::data::ToByteUnit;
use rocket::http::{ContentType, Header, Status};
use rocket::response::{Responder, Response};
use rocket::serde::json::json;
use rocket::{Data, Request, Route, State, post};
use url::form_urlencoded;

use crate::auth::{Auth, SignalRefusal};
use crate::{AuthError, public, routes};

/// The maximum size of a body. A JWT has at most 16 KiB, and a form may encode each of its characters
/// with three.
const MAX_BODY_KIB: u64 = 64;

/// Returns the configured endpoints.
pub(super) fn routes(auth: &Auth) -> Vec<Route> {
    let mut all = Vec::new();
    if auth.receives_logout_tokens() {
        all.extend(routes![backchannel_logout]);
    }
    if auth.receives_security_events() {
        all.extend(routes![security_events]);
    }
    all
}

/// Receives a logout token (OpenID Connect Back-Channel Logout 1.0 §2.5 to §2.8).
#[public]
#[post("/backchannel-logout", data = "<body>")]
async fn backchannel_logout(
    auth: &State<Auth>,
    content_type: Option<&ContentType>,
    body: Data<'_>,
) -> SignalReply {
    if !content_type.is_some_and(|content_type| content_type.is_form()) {
        return SignalReply::LogoutRefused;
    }
    let Some(body) = text(body).await else {
        return SignalReply::LogoutRefused;
    };
    let mut tokens = form_urlencoded::parse(body.as_bytes())
        .filter(|(name, _)| name == "logout_token")
        .map(|(_, token)| token);
    let (Some(token), None) = (tokens.next(), tokens.next()) else {
        return SignalReply::LogoutRefused;
    };
    match auth.receive_logout_token(&token).await {
        Ok(()) => SignalReply::Done(Status::Ok),
        Err(SignalRefusal::Unavailable(error)) => SignalReply::Unavailable(error),
        Err(SignalRefusal::Invalid { .. }) => SignalReply::LogoutRefused,
    }
}

/// Receives a security event token (RFC 8935 §2).
#[public]
#[post("/security-events", data = "<body>")]
async fn security_events(
    auth: &State<Auth>,
    content_type: Option<&ContentType>,
    body: Data<'_>,
) -> SignalReply {
    let invalid = |why: &'static str| SignalReply::EventRefused {
        code: "invalid_request",
        why,
    };
    let is_event = |content_type: &ContentType| {
        content_type.top() == "application" && content_type.sub() == "secevent+jwt"
    };
    if !content_type.is_some_and(is_event) {
        return invalid("the content type is not application/secevent+jwt");
    }
    let Some(body) = text(body).await else {
        return invalid("the body is too large or not UTF-8");
    };
    match auth.receive_security_event(body.trim()).await {
        Ok(()) => SignalReply::Done(Status::Accepted),
        Err(SignalRefusal::Unavailable(error)) => SignalReply::Unavailable(error),
        Err(SignalRefusal::Invalid { code, why }) => SignalReply::EventRefused { code, why },
    }
}

/// Reads the body. Returns `None` if it is too large or not UTF-8.
async fn text(body: Data<'_>) -> Option<String> {
    let body = body.open(MAX_BODY_KIB.kibibytes()).into_string().await;
    let body = body.ok()?;
    body.is_complete().then(|| body.into_inner())
}

enum SignalReply {
    Done(Status),
    LogoutRefused,
    EventRefused {
        code: &'static str,
        why: &'static str,
    },
    Unavailable(AuthError),
}

impl<'r> Responder<'r, 'static> for SignalReply {
    fn respond_to(self, request: &'r Request<'_>) -> rocket::response::Result<'static> {
        let mut response = match self {
            Self::Done(status) => Response::build().status(status).finalize(),
            Self::LogoutRefused => {
                let body = json!({ "error": "invalid_request" });
                (Status::BadRequest, body).respond_to(request)?
            }
            Self::EventRefused { code, why } => {
                let body = json!({ "err": code, "description": why });
                (Status::BadRequest, body).respond_to(request)?
            }
            Self::Unavailable(error) => {
                let body = json!({ "code": error.code(), "description": error.description() });
                let mut response = (error.status(), body).respond_to(request)?;
                if let Some(seconds) = error.retry_after() {
                    response.set_header(Header::new("Retry-After", seconds.to_string()));
                }
                response
            }
        };
        response.set_header(Header::new("Cache-Control", "no-store"));
        Ok(response)
    }
}
