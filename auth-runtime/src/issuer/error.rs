//! Defines the errors of the issuer's endpoints (RFC 6749 §5.2).

use std::borrow::Cow;

use rocket::http::{Header, Status};
use rocket::response::{Responder, Response};
use rocket::serde::json::json;
use rocket::{Request, response};

use super::reply::nonce_header;
use super::secret::CryptoFailure;
use crate::binding::Nonce;
use crate::error::AuthError;

/// A refused request.
#[derive(Debug)]
pub(super) struct OAuthError {
    status: Status,
    code: &'static str,
    description: Cow<'static, str>,
    challenge: Option<Cow<'static, str>>,
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
            challenge: Some(Cow::Borrowed("Basic realm=\"local issuer\"")),
            ..Self::new(Status::Unauthorized, "invalid_client", description)
        }
    }

    /// Creates the refusal of an access token or of its proof, with the status and the challenge of an
    /// API that refuses it.
    pub(super) fn at_resource(
        refused: &AuthError,
        code: &'static str,
        description: &'static str,
    ) -> Self {
        Self {
            challenge: refused.challenge().map(Cow::Owned),
            ..Self::new(refused.status(), code, description)
        }
    }

    /// Adds the nonce that the next proof must carry.
    pub(super) fn with_nonce(mut self, nonce: Nonce) -> Self {
        self.nonce = Some(nonce);
        self
    }

    pub(super) fn unavailable(description: &'static str) -> Self {
        Self::new(
            Status::ServiceUnavailable,
            "temporarily_unavailable",
            description,
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

impl From<CryptoFailure> for OAuthError {
    fn from(error: CryptoFailure) -> Self {
        let status = Status::InternalServerError;
        Self::new(status, "server_error", error.to_string())
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
            response.set_header(nonce_header(&nonce));
        }
        Ok(response)
    }
}
