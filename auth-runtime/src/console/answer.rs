//! Describes a caller, and what each route answers to it, in the JSON that the page reads.

use rocket::http::Status;
use serde::Serialize;

use crate::auth::Refused;
use crate::error::AuthError;

/// What would happen if a caller called each route.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    /// `null` for a caller without a token.
    pub(super) token: Option<TokenAnswer>,
    /// In the order of the overview's routes.
    pub(super) verdicts: Vec<Verdict>,
    /// The fingerprint of these routes.
    pub(super) fingerprint: String,
}

/// Whether the token is accepted, before any policy is asked.
#[derive(Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(super) enum TokenAnswer {
    Accepted,
    Refused {
        refusal: Refusal,
        /// What a debug build logs about it.
        log: Vec<String>,
    },
}

/// What one route would answer.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Verdict {
    /// The status if the route lets the caller through is 200, whatever its handler makes of it. `null`
    /// if it depends on the request.
    pub(super) status: Option<u16>,
    pub(super) reason: String,
    /// The reply of a refusal. A 404 is like any other, and has none.
    pub(super) refusal: Option<Refusal>,
    /// What a debug build logs about a refusal.
    pub(super) log: Vec<String>,
}

/// The reply to a refused request.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Refusal {
    status: u16,
    code: &'static str,
    description: String,
    challenge: Option<String>,
}

impl Verdict {
    pub(super) fn allowed(reason: impl Into<String>) -> Self {
        Self {
            status: Some(Status::Ok.code),
            reason: reason.into(),
            ..Self::default()
        }
    }

    pub(super) fn refused(error: &AuthError, reason: impl Into<String>) -> Self {
        Self {
            status: Some(error.status().code),
            reason: reason.into(),
            refusal: (error.status() != Status::NotFound).then(|| Refusal::from(error)),
            log: Vec::new(),
        }
    }

    /// A verdict that only the request decides.
    pub(super) fn depends(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            ..Self::default()
        }
    }
}

impl From<&AuthError> for Refusal {
    fn from(error: &AuthError) -> Self {
        Self {
            status: error.status().code,
            code: error.code(),
            description: error.description().into_owned(),
            challenge: error.challenge(),
        }
    }
}

impl From<&Refused> for TokenAnswer {
    fn from(refused: &Refused) -> Self {
        Self::Refused {
            refusal: Refusal::from(&refused.error),
            log: log_of(refused),
        }
    }
}

/// The lines that a debug build logs about a token that is refused.
pub(super) fn log_of(refused: &Refused) -> Vec<String> {
    let reason = refused.reason.as_ref();
    let reason = reason.map(|reason| format!("token refused: {reason}"));
    reason.into_iter().chain(refused.hint.clone()).collect()
}
