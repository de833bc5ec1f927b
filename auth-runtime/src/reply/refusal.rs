//! Why a request was refused. Rocket passes only the status to catchers, so that the request keeps
//! the error for them.

use std::sync::{Mutex, PoisonError};

use rocket::Request;
use rocket::http::Status;
use rocket::request::Outcome;
use rocket::response::{Responder, Result};

use crate::auth::Auth;
use crate::error::{AuthError, ChallengeContext};
use crate::token::claimed_scheme;

/// The last refusal of a request. The lock is held only to copy it.
#[derive(Default)]
struct Refusal(Mutex<Option<AuthError>>);

impl AuthError {
    /// Returns why this request was refused, for catchers of the application.
    ///
    /// ```
    /// use auth_runtime::AuthError;
    /// use rocket::{Request, catch};
    ///
    /// #[catch(401)]
    /// fn unauthorized(request: &Request<'_>) -> String {
    ///     match AuthError::for_request(request) {
    ///         Some(error) => format!("{}: {error}", error.code()),
    ///         None => "unauthorized".to_owned(),
    ///     }
    /// }
    /// ```
    ///
    /// RFC 6750 §3 requires a `WWW-Authenticate` header on such a reply:
    /// [`challenge`](Self::challenge) returns its value.
    pub fn for_request(request: &Request<'_>) -> Option<Self> {
        let Refusal(last) = request.local_cache(Refusal::default);
        last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl AuthError {
    /// Refuses a request in a guard of the application, with the same reply as the attributes.
    ///
    /// ```
    /// use auth_runtime::{AccessToken, AuthError};
    /// use rocket::request::{FromRequest, Outcome, Request};
    ///
    /// struct Editor;
    ///
    /// #[rocket::async_trait]
    /// impl<'r> FromRequest<'r> for Editor {
    ///     type Error = AuthError;
    ///
    ///     async fn from_request(request: &'r Request<'_>) -> Outcome<Self, AuthError> {
    ///         let token = rocket::outcome::try_outcome!(request.guard::<&AccessToken>().await);
    ///         match token.require_scope("write:articles") {
    ///             Ok(()) => Outcome::Success(Self),
    ///             Err(error) => error.into_outcome(request),
    ///         }
    ///     }
    /// }
    /// ```
    pub fn into_outcome<T>(self, request: &Request<'_>) -> Outcome<T, Self> {
        Outcome::Error(self.refuse(request))
    }

    /// Records the error with its request, and returns what Rocket expects of a guard.
    pub(crate) fn refuse(self, request: &Request<'_>) -> (Status, Self) {
        let error = self.in_context(challenge_context(request));
        let Refusal(last) = request.local_cache(Refusal::default);
        *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.clone());
        (error.status(), error)
    }
}

/// What the challenges of this request depend on.
fn challenge_context(request: &Request<'_>) -> ChallengeContext {
    ChallengeContext {
        scheme: claimed_scheme(request.headers().get_one("Authorization")),
        settings: request
            .rocket()
            .state::<Auth>()
            .map(|auth| auth.challenge_settings().clone())
            .unwrap_or_default(),
    }
}

/// Leaves the reply to the catcher of its status.
impl<'r> Responder<'r, 'static> for AuthError {
    fn respond_to(self, request: &'r Request<'_>) -> Result<'static> {
        let (status, _) = self.refuse(request);
        Err(status)
    }
}
