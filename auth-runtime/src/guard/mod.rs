//! The request guards: [`Authorized`], which the attributes add to a handler, `&AccessToken` and
//! [`OptionalToken`]. However many of them a request meets, its token is verified once.

mod argument;
mod checked;
mod decide;
mod facts;
mod final_check;
mod presented;
mod rule;

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use rocket::futures::future::BoxFuture;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::{Ignite, Rocket, Sentinel};

pub use self::argument::{AnyArgument, Argument, FailsForInvalidToken, IsCheckedForInvalidTokens};
pub(crate) use self::checked::wrap;
use self::decide::check;
pub(crate) use self::decide::route_names;
#[cfg(feature = "console")]
pub(crate) use self::decide::{denied, with_scopes_to_request};
pub(crate) use self::final_check::FinalCheck;
use self::presented::Sent;
pub(crate) use self::presented::{keep_sent_request, next_nonce};
pub use self::rule::{Rule, RuleError};
use crate::auth::Auth;
use crate::binding::{Presented, ProofHeader};
use crate::error::{AuthError, AuthErrorKind};
use crate::policy::{Policy, Protected};
use crate::telemetry::RouteId;
use crate::token::{AccessToken, Credentials, Source};

/// Proof that the caller meets the policy of the route `R`.
///
/// The attributes add it to the handler as its first guard, so that it runs before all others. Only
/// a request that meets the policy creates one: a program can neither build nor clone it.
///
/// A handler can take it by name and pass it to inner layers that demand the proof:
///
/// ```
/// use auth_runtime::{Authorized, requires_scope};
/// use rocket::delete;
///
/// #[requires_scope("delete:messages")]
/// #[delete("/messages/<id>")]
/// fn delete_message(proof: Authorized<delete_message>, id: u64) {
///     purge(&proof, id);
/// }
///
/// /// Cannot be called for a request whose caller may not delete messages.
/// fn purge(_: &Authorized<delete_message>, id: u64) {}
/// ```
///
/// [Proof for inner layers](crate::guide::caller#proof-for-inner-layers) explains how to use it.
///
/// # Failure
/// The guard fails with an [`AuthError`]: 401 without a valid token, 403 or 404 if the token does not
/// meet a requirement, 401 with the challenge of RFC 9470 if the login is too old or too weak, 503
/// without keys, and 500 if a [`Rule`] fails. A catcher of the application shapes the reply: see
/// [`AuthError::for_request`]. Without [`Auth::fairing`](crate::Auth::fairing) the launch fails.
pub struct Authorized<R>(PhantomData<fn() -> R>);

/// The caller of a route that is open to anyone: a verified token, or none.
///
/// The token is `None` if the request has no `Authorization` header, or an empty one. A header that is
/// not UTF-8 counts as none, because Rocket drops it.
///
/// ```
/// use auth_runtime::{OptionalToken, public};
/// use rocket::get;
///
/// #[public]
/// #[get("/greeting")]
/// fn greeting(caller: OptionalToken<'_>) -> String {
///     match caller.token().and_then(|token| token.subject()) {
///         Some(subject) => format!("Hello, {subject}"),
///         None => "Hello, stranger".to_owned(),
///     }
/// }
/// ```
///
/// [An optional caller](crate::guide::caller#an-optional-caller) explains when to use it.
///
/// # Failure
/// A token that is not valid is refused as by `&AccessToken`: Rocket's `Option<&AccessToken>` would
/// mistake a forged token for an anonymous caller. A catcher of the application shapes the reply: see
/// [`AuthError::for_request`]. Without [`Auth::fairing`](crate::Auth::fairing) the launch fails.
#[derive(Clone, Copy, Debug)]
pub struct OptionalToken<'r>(Option<&'r AccessToken>);

impl<'r> OptionalToken<'r> {
    /// Returns the token, if the request has one.
    pub fn token(&self) -> Option<&'r AccessToken> {
        self.0
    }
}

impl<R> fmt::Debug for Authorized<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authorized")
    }
}

impl<'r, R: Protected> FromRequest<'r> for Authorized<R> {
    type Error = AuthError;

    /// Runs the check of the route. It contains only the code that differs between routes, because it
    /// is compiled for each of them. An `async fn` would take twice the code.
    fn from_request<'a, 'f>(request: &'r Request<'a>) -> BoxFuture<'f, Outcome<Self, AuthError>>
    where
        'r: 'f,
        'a: 'f,
    {
        Box::pin(Admission {
            admitted: admit(request, R::POLICY),
            route: PhantomData,
        })
    }
}

/// The check of the route `R`.
struct Admission<'f, R> {
    admitted: BoxFuture<'f, Outcome<(), AuthError>>,
    route: PhantomData<fn() -> R>,
}

impl<R> Future for Admission<'_, R> {
    type Output = Outcome<Authorized<R>, AuthError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.admitted.as_mut().poll(context) {
            Poll::Ready(Outcome::Success(())) => {
                Poll::Ready(Outcome::Success(Authorized(PhantomData)))
            }
            Poll::Ready(Outcome::Error(error)) => Poll::Ready(Outcome::Error(error)),
            Poll::Ready(Outcome::Forward(status)) => Poll::Ready(Outcome::Forward(status)),
            Poll::Pending => Poll::Pending,
        }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for &'r AccessToken {
    type Error = AuthError;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, AuthError> {
        outcome(request, token(request).await)
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for OptionalToken<'r> {
    type Error = AuthError;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, AuthError> {
        let optional = match token(request).await {
            Ok(token) => Ok(Self(Some(token))),
            Err(error) if error.kind() == AuthErrorKind::AuthorizationMissing => Ok(Self(None)),
            Err(error) => Err(error),
        };
        outcome(request, optional)
    }
}

/// Stops the launch of a Rocket that cannot verify anything because it lacks the fairing, and of one with
/// routes that do not declare a policy.
impl<R: Protected> Sentinel for Authorized<R> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        cannot_launch(rocket, std::any::type_name::<R>())
    }
}

impl Sentinel for &AccessToken {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        is_missing(rocket, "a handler with `&AccessToken`")
    }
}

impl Sentinel for OptionalToken<'_> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        is_missing(rocket, "a handler with `OptionalToken`")
    }
}

/// Returns whether the fairing or the policy of a route is missing. It records the guard of this handler.
fn cannot_launch(rocket: &Rocket<Ignite>, handler: &'static str) -> bool {
    let check = rocket.state::<FinalCheck>();
    is_missing(rocket, handler) || check.is_some_and(|check| check.pass(handler, rocket))
}

/// Returns whether the fairing is missing, and logs that `route` needs it.
fn is_missing(rocket: &Rocket<Ignite>, route: &str) -> bool {
    let missing = rocket.state::<Auth>().is_none();
    if missing {
        log::error!("{route} is protected, but `Auth::fairing()` is not attached");
        log::error!(target: "_", "write `.attach(Auth::fairing())` where the Rocket is built");
    }
    missing
}

/// Checks the policy, and records a refusal for the catchers.
///
/// The future is boxed, so that the compiler does not examine all that it holds again for each route, to see
/// that it can be sent to other threads. That would be a tenth of the time to compile a route.
fn admit<'r>(request: &'r Request<'_>, policy: Policy) -> BoxFuture<'r, Outcome<(), AuthError>> {
    Box::pin(async move { outcome(request, check(request, policy).await) })
}

/// Returns the caller's token.
async fn token<'r>(request: &'r Request<'_>) -> Result<&'r AccessToken, AuthError> {
    caller(request, attached(request)?).await.token()
}

fn attached<'r>(request: &'r Request<'_>) -> Result<&'r Auth, AuthError> {
    let auth = request.rocket().state::<Auth>();
    auth.ok_or_else(|| AuthErrorKind::NotAttached.into())
}

/// Returns the caller. The first call in a request verifies the token, and later ones share it.
async fn caller<'r>(request: &'r Request<'_>, auth: &Auth) -> &'r Caller {
    let verified = async {
        Caller {
            verified: verify(request, auth).await,
            passed: AtomicUsize::new(0),
        }
    };
    request.local_cache_async(verified).await
}

/// The result of verifying the request's token, in Rocket's request-local cache. The type is private,
/// so that only this module can put it there.
struct Caller {
    verified: Result<AccessToken, AuthError>,
    /// The route that the caller was allowed to call last.
    passed: AtomicUsize,
}

impl Caller {
    fn token(&self) -> Result<&AccessToken, AuthError> {
        self.verified.as_ref().map_err(AuthError::clone)
    }

    /// Records that the caller may call this route. Returns whether that is new in this request: a route
    /// may be checked again, such as by its list and by its own attribute.
    fn record_pass(&self, route: Option<RouteId>) -> bool {
        let RouteId(route) = route.unwrap_or(RouteId(usize::MAX));
        self.passed.swap(route, Ordering::Relaxed) != route
    }
}

/// Verifies the token of a request, and what it is bound to.
async fn verify(request: &Request<'_>, auth: &Auth) -> Result<AccessToken, AuthError> {
    let headers = request.headers().get("Authorization");
    let credentials = match Credentials::parse(headers, auth.accepted_schemes()) {
        Ok(credentials) => credentials,
        Err(kind) => {
            let error = AuthError::from(kind);
            if kind != AuthErrorKind::AuthorizationMissing {
                log::info!("the `Authorization` header is refused: {error}");
                auth.telemetry().token_refused(&error, Source::Verified);
            }
            return Err(error);
        }
    };
    let span = auth.telemetry().verify_span(RouteId::for_request(request));
    let checked = span
        .around(check_credentials(request, auth, credentials))
        .await;
    auth.trace(&span, &checked);
    if let Ok(token) = &checked {
        auth.judge(credentials.token, Some(credentials.scheme), token);
    }
    checked
}

async fn check_credentials(
    request: &Request<'_>,
    auth: &Auth,
    credentials: Credentials<'_>,
) -> Result<AccessToken, AuthError> {
    let token = auth.authenticate(credentials.token).await?;
    let source = token.origin().source;
    let checked = if auth.must_check_binding(&token, credentials.scheme) {
        // This future is boxed, because few tokens are bound, and each request allocates a future of
        // its size.
        Box::pin(check_binding(request, auth, credentials, token)).await
    } else {
        Ok(token)
    };
    auth.telemetry()
        .token_checked(checked.as_ref().err(), source);
    checked
}

/// Checks what the request presents with its token against what the token is bound to.
async fn check_binding(
    request: &Request<'_>,
    auth: &Auth,
    credentials: Credentials<'_>,
    token: AccessToken,
) -> Result<AccessToken, AuthError> {
    let sent = Sent::keep(request);
    let presented = Presented {
        scheme: credentials.scheme,
        token: credentials.token,
        method: sent.method.as_str(),
        path: &sent.path,
        proof: ProofHeader::new(request.headers().get("DPoP")),
        certificate: presented::certificate(request, auth.certificate_source()).await,
    };
    let checked = auth.check_binding(&token, &presented).await;
    let (checked, next_nonce) = match checked {
        Ok(next_nonce) => (Ok(token), next_nonce),
        Err(refusal) => (Err(refusal.error), refusal.next_nonce),
    };
    if let Some(nonce) = next_nonce {
        presented::keep_nonce(request, nonce);
    }
    checked
}

fn outcome<T>(request: &Request<'_>, result: Result<T, AuthError>) -> Outcome<T, AuthError> {
    match result {
        Ok(value) => Outcome::Success(value),
        Err(error) => Outcome::Error(error.refuse(request)),
    }
}
