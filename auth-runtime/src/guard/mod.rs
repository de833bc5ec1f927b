//! The request guards: [`Authorized`], which the attributes add to a handler, and `&AccessToken`.
//! However many of them a request meets, its token is verified once.

use std::fmt;
use std::marker::PhantomData;
use std::time::SystemTime;

use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::{Ignite, Rocket, Sentinel};

use crate::catchers::refuse;
use crate::error::AuthError;
use crate::fairing::Auth;
use crate::policy::{Policy, Protected};
use crate::token::{AccessToken, bearer};

/// Proof that the caller meets the policy of the route `R`.
///
/// The attributes add it to the handler as its first guard, so that it is checked before all
/// others. Only a request that is let through makes one.
pub struct Authorized<R>(PhantomData<fn() -> R>);

impl<R> fmt::Debug for Authorized<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authorized")
    }
}

#[rocket::async_trait]
impl<'r, R: Protected> FromRequest<'r> for Authorized<R> {
    type Error = AuthError;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, AuthError> {
        if R::POLICY.is_public() {
            return Outcome::Success(Self(PhantomData));
        }
        let authorized = match caller(request).await {
            Ok(token) => authorize(R::POLICY, token),
            Err(error) => Err(error),
        };
        outcome(request, authorized.map(|()| Self(PhantomData)))
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for &'r AccessToken {
    type Error = AuthError;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, AuthError> {
        outcome(request, caller(request).await)
    }
}

/// Without the fairing nothing can be verified: such a Rocket does not launch.
impl<R: Protected> Sentinel for Authorized<R> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        is_missing(rocket, std::any::type_name::<R>())
    }
}

impl Sentinel for &AccessToken {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        is_missing(rocket, "a handler with `&AccessToken`")
    }
}

fn is_missing(rocket: &Rocket<Ignite>, route: &str) -> bool {
    let missing = rocket.state::<Auth>().is_none();
    if missing {
        log::error!("{route} is protected, but `Auth::fairing()` is not attached");
        log::error!(target: "_", "write `.attach(Auth::fairing())` where the Rocket is built");
    }
    missing
}

/// The caller: verified when first asked for, and shared by all who ask in this request.
async fn caller<'r>(request: &'r Request<'_>) -> Result<&'r AccessToken, AuthError> {
    let verified = request.local_cache_async(verify(request)).await;
    verified.as_ref().map_err(AuthError::clone)
}

async fn verify(request: &Request<'_>) -> Result<AccessToken, AuthError> {
    let auth = request
        .rocket()
        .state::<Auth>()
        .ok_or(AuthError::NotAttached)?;
    let token = bearer(request.headers().get("Authorization"))?;
    auth.verify(token, SystemTime::now()).await
}

fn authorize(policy: Policy, token: &AccessToken) -> Result<(), AuthError> {
    if policy.allows(token) {
        return Ok(());
    }
    log::info!("the token does not meet {policy}");
    let scopes: Vec<&str> = policy.scopes().collect();
    let scope = (!scopes.is_empty()).then(|| scopes.join(" ").into());
    Err(AuthError::Forbidden { scope })
}

fn outcome<T>(request: &Request<'_>, result: Result<T, AuthError>) -> Outcome<T, AuthError> {
    match result {
        Ok(value) => Outcome::Success(value),
        Err(error) => {
            refuse(request, &error);
            Outcome::Error((Status::new(error.status()), error))
        }
    }
}
