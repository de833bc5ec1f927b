//! Decides whether a request meets the policy of a route.

use std::any::TypeId;
use std::ptr;
use std::sync::{Mutex, PoisonError};

use rocket::Request;

use super::caller;
use super::facts::Facts;
use super::rule::Rule;
use crate::auth::Auth;
use crate::error::{AuthError, AuthErrorKind};
use crate::policy::{Answer, Custom, Denial, Policy, Verdict};
use crate::token::AccessToken;

/// Checks that the request may go on to a route with this policy.
pub(super) async fn check(
    request: &Request<'_>,
    policy: Policy,
    route: TypeId,
) -> Result<(), AuthError> {
    if policy.is_public() {
        return Ok(());
    }
    let (auth, token) = match caller(request).await {
        Ok(caller) => caller,
        Err(error) => return Err(with_scopes_to_request(request, error, policy)),
    };
    if policy.is_plain() && !auth.is_report_only() {
        return authorize(request, auth, policy, token).await;
    }
    let Decisions(known) = request.local_cache(Decisions::default);
    let known = || known.lock().unwrap_or_else(PoisonError::into_inner);
    // The parameters are those of the current route, which changes if a route forwards.
    let key = (
        route,
        request.route().map(|route| ptr::from_ref(route).addr()),
    );
    if let Some((_, decision)) = known().iter().find(|(decided, _)| *decided == key) {
        return decision.clone();
    }
    let decision = authorize(request, auth, policy, token).await;
    known().push((key, decision.clone()));
    decision
}

/// Tells a client without a token which scopes to ask for, if the API publishes its metadata.
fn with_scopes_to_request(request: &Request<'_>, error: AuthError, policy: Policy) -> AuthError {
    let auth = request.rocket().state::<Auth>();
    if auth.is_some_and(|auth| auth.challenge_settings().resource_metadata.is_some()) {
        error.with_scopes_to_request(&policy.scopes_to_request())
    } else {
        error
    }
}

/// What was decided in this request, by policy and current route. If a policy is checked again, such
/// as for a handler that takes its own proof, its rules and reports run once. The lock is held only to
/// look up or to add a decision.
#[derive(Default)]
struct Decisions(Mutex<Vec<(DecisionKey, Result<(), AuthError>)>>);

/// The route whose policy is checked, and the address of the current route.
type DecisionKey = (TypeId, Option<usize>);

async fn authorize(
    request: &Request<'_>,
    auth: &Auth,
    policy: Policy,
    token: &AccessToken,
) -> Result<(), AuthError> {
    let mut facts = Facts::new(request, auth);
    loop {
        match policy.evaluate(token, &mut facts) {
            Verdict::Allowed => {
                facts.report_unmet(policy);
                return Ok(());
            }
            Verdict::Denied(denial) => {
                log::info!("the token does not meet {policy}");
                // A hint for developers, which production logs do not need.
                if cfg!(debug_assertions)
                    && let Some(hint) = policy.hint(token)
                {
                    log::info!(target: "_", "{hint}");
                }
                return Err(denied(policy, denial, token, &mut facts));
            }
            Verdict::Failed => return Err(AuthErrorKind::RuleFailed.into()),
            Verdict::Ask(custom) => {
                // Boxed, as it is rare: each request allocates the future that holds it.
                let answer = Box::pin(ask(custom, token, request)).await;
                facts.answered(custom.id(), answer);
            }
        }
    }
}

/// Asks a rule of the application.
async fn ask(custom: Custom, token: &AccessToken, request: &Request<'_>) -> Answer {
    let Some(rule) = custom.rule.downcast_ref::<&'static dyn Rule>() else {
        // `__private::custom` creates every rule from such a reference.
        return Answer::Failed;
    };
    match rule.allows(token, request).await {
        Ok(true) => Answer::Yes,
        Ok(false) => Answer::No,
        Err(error) => {
            log::error!("the rule {custom:?} failed: {error}");
            Answer::Failed
        }
    }
}

fn denied(
    policy: Policy,
    denial: Denial,
    token: &AccessToken,
    facts: &mut Facts<'_, '_>,
) -> AuthError {
    match denial {
        Denial::Forbidden => AuthError::missing_scopes(&policy.helpful_scopes(token, facts)),
        Denial::NotFound => AuthErrorKind::NotFound.into(),
        Denial::Unbound => AuthErrorKind::UnboundToken.into(),
        Denial::StepUp => {
            let (max_age, acr_values) = policy.step_up(token);
            AuthError::step_up(max_age, acr_values)
        }
    }
}
