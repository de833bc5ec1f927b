//! Keeps the reason for a refusal with its request, because Rocket only passes the status to
//! catchers.

use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};

use rocket::Request;
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome};
use rocket::response::{Responder, Result};

use crate::auth::Auth;
use crate::error::{AuthError, ChallengeContext};
use crate::telemetry::RouteId;
use crate::token::claimed_scheme;

/// The last refusal of a request. The lock is held only to copy or to replace it.
#[derive(Default)]
struct LastRefusal(Mutex<Option<Refusal>>);

struct Refusal {
    error: AuthError,
    /// The route that the request was at, if it was at one. If that route forwards, the error does not
    /// explain what happens at the next.
    route: Option<RouteId>,
}

impl LastRefusal {
    fn for_request<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(Self::default)
    }

    fn replace(&self, refusal: Option<Refusal>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = refusal;
    }

    fn error_at(&self, route: Option<RouteId>) -> Option<AuthError> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = last.as_ref().filter(|refusal| refusal.route == route)?;
        Some(last.error.clone())
    }
}

/// Forgets the refusals of guards that did not refuse the request, because another guard accepted
/// them. What the handler replies after that is its own.
pub(crate) fn forget_refusals(request: &Request<'_>) {
    LastRefusal::for_request(request).replace(None);
}

/// The last guard of a handler that may accept the refusal of another guard, as with `Option`. It
/// always succeeds.
#[derive(Debug)]
pub struct NoRefusal(());

#[rocket::async_trait]
impl<'r> FromRequest<'r> for NoRefusal {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        forget_refusals(request);
        Outcome::Success(Self(()))
    }
}

impl AuthError {
    /// Returns the reason why this request was refused, for catchers of the application.
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
    ///
    /// It returns `None` if all guards of a handler accepted the request and the handler replied with
    /// this status itself, even if a guard such as `Option<Editor>` met an invalid token. There are two
    /// exceptions, for which the error of such a guard is returned: a handler without one of our
    /// attributes, and a data guard.
    pub fn for_request(request: &Request<'_>) -> Option<Self> {
        LastRefusal::for_request(request).error_at(RouteId::for_request(request))
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
        LastRefusal::for_request(request).replace(Some(Refusal {
            error: error.clone(),
            route: RouteId::for_request(request),
        }));
        (error.status(), error)
    }
}

/// Returns the context that the challenges of this request depend on.
fn challenge_context(request: &Request<'_>) -> ChallengeContext {
    let scheme = claimed_scheme(request.headers().get_one("Authorization"));
    match request.rocket().state::<Auth>() {
        Some(auth) => auth.challenge_context(scheme),
        None => ChallengeContext {
            scheme,
            ..ChallengeContext::default()
        },
    }
}

/// Leaves the reply to the catcher of its status.
impl<'r> Responder<'r, 'static> for AuthError {
    fn respond_to(self, request: &'r Request<'_>) -> Result<'static> {
        let (status, _) = self.refuse(request);
        Err(status)
    }
}
