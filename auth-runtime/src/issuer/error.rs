//! The errors of the issuer's endpoints, as RFC 6749 §5.2 has them.

use std::borrow::Cow;

use rocket::http::{Header, Status};
use rocket::response::{Responder, Response};
use rocket::serde::json::json;
use rocket::{Request, response};

use crate::binding::Nonce;

/// A refused request.
#[derive(Debug)]
pub(super) struct OAuthError {
    status: Status,
    code: &'static str,
    description: Cow<'static, str>,
    challenge: Option<&'static str>,
    /// The nonce that a proof must carry.
    nonce: Option<Nonce>,
}

impl OAuthError {
    fn new(status: Status, code: &'static str, description: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            code,
            description: description.into(),
            challenge: None,
            nonce: None,
        }
    }

    /// Creates an error with status 400.
    pub(super) fn bad_request(
        code: &'static str,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(Status::BadRequest, code, description)
    }

    pub(super) fn invalid_request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::bad_request("invalid_request", description)
    }

    pub(super) fn invalid_grant(description: &'static str) -> Self {
        Self::bad_request("invalid_grant", description)
    }

    /// Creates the error for a client that cannot prove who it is.
    pub(super) fn invalid_client(description: &'static str) -> Self {
        Self {
            challenge: Some("Basic realm=\"local issuer\""),
            ..Self::new(Status::Unauthorized, "invalid_client", description)
        }
    }

    /// Creates the error for an invalid access token (RFC 6750 §3.1).
    pub(super) fn invalid_token(description: &'static str) -> Self {
        Self {
            challenge: Some("Bearer error=\"invalid_token\""),
            ..Self::new(Status::Unauthorized, "invalid_token", description)
        }
    }

    /// Creates the error for an access token without a required scope (RFC 6750 §3.1).
    pub(super) fn insufficient_scope(description: &'static str) -> Self {
        Self {
            challenge: Some("Bearer error=\"insufficient_scope\""),
            ..Self::new(Status::Forbidden, "insufficient_scope", description)
        }
    }

    /// Creates the error for a proof that must carry this nonce (RFC 9449 §8).
    pub(super) fn use_nonce(nonce: Nonce) -> Self {
        Self {
            nonce: Some(nonce),
            ..Self::bad_request(
                "use_dpop_nonce",
                "the proof must carry the nonce of this reply",
            )
        }
    }

    pub(super) fn unavailable(description: &'static str) -> Self {
        Self::new(
            Status::ServiceUnavailable,
            "temporarily_unavailable",
            description,
        )
    }

    pub(super) fn server_error() -> Self {
        Self::new(
            Status::InternalServerError,
            "server_error",
            "the system has no random numbers",
        )
    }

    pub(super) fn not_found() -> Self {
        Self::new(Status::NotFound, "not_found", "there is no such endpoint")
    }

    pub(super) fn code(&self) -> &'static str {
        self.code
    }

    pub(super) fn description(&self) -> &str {
        &self.description
    }
}

impl<'r> Responder<'r, 'static> for OAuthError {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let body = json!({ "error": self.code, "error_description": self.description });
        let mut response = Response::build_from((self.status, body).respond_to(request)?)
            .header(Header::new("Cache-Control", "no-store"))
            .finalize();
        if let Some(challenge) = self.challenge {
            response.set_header(Header::new("WWW-Authenticate", challenge));
        }
        if let Some(nonce) = self.nonce {
            response.set_header(Header::new("DPoP-Nonce", nonce.as_str().to_owned()));
        }
        Ok(response)
    }
}
