//! Decides whether a request meets the policy of a route.

use rocket::{Orbit, Request, Rocket};

use super::facts::RequestFacts;
use super::rule::Rule;
use super::{attached, caller};
use crate::auth::Auth;
use crate::error::{AuthError, AuthErrorKind};
use crate::policy::{self, Answer, Custom, Denial, Policy, Requirement, Verdict};
use crate::reply::forget_refusals;
use crate::telemetry::{Decided, DecisionOutcome, RouteId};
use crate::token::AccessToken;

/// Checks that the request may go on to a route with this policy.
pub(super) async fn check(request: &Request<'_>, policy: Policy) -> Result<(), AuthError> {
    if policy.is_public() {
        return Ok(());
    }
    let auth = attached(request)?;
    let started = auth.telemetry().decision_started();
    let caller = caller(request, auth).await;
    let route = RouteId::for_request(request);
    let (token, ruling) = match caller.token() {
        Err(error) => {
            let error = with_scopes_to_request(auth, error, policy);
            (None, Ruling::without_token(error))
        }
        Ok(token) => {
            let ruling = authorize(request, auth, policy, token).await;
            (Some(token), ruling)
        }
    };
    if !ruling.outcome.passes() || caller.record_pass(route) {
        auth.telemetry().decided(&Decided {
            route,
            policy,
            requirement: ruling.requirement,
            outcome: ruling.outcome,
            code: ruling.result.as_ref().err().map(AuthError::code),
            client_id: token.and_then(|token| token.client_id().or(token.authorized_party())),
            started,
        });
    }
    ruling.result
}

/// The decision of a policy.
struct Ruling {
    outcome: DecisionOutcome,
    /// The first requirement that is not met, if there are observers.
    requirement: Option<Requirement>,
    result: Result<(), AuthError>,
}

impl Ruling {
    /// Creates the ruling for a request without a valid token, or whose token cannot be checked now.
    fn without_token(error: AuthError) -> Self {
        let outcome = if error.status().code < 500 {
            DecisionOutcome::Unauthenticated
        } else {
            DecisionOutcome::Failed
        };
        Self {
            outcome,
            requirement: None,
            result: Err(error),
        }
    }
}

/// Returns the method and the URI of each mounted route.
pub(crate) fn route_names(rocket: &Rocket<Orbit>) -> impl Iterator<Item = (RouteId, String)> {
    rocket.routes().map(|route| {
        let name = format!("{} {}", route.method, route.uri);
        (RouteId::for_route(route), name)
    })
}

/// Adds the scopes that a client without a token should request, if the API publishes its metadata.
pub(crate) fn with_scopes_to_request(auth: &Auth, error: AuthError, policy: Policy) -> AuthError {
    if auth.challenge_settings().resource_metadata.is_some() {
        error.with_scopes_to_request(&policy.scopes_to_request())
    } else {
        error
    }
}

async fn authorize(
    request: &Request<'_>,
    auth: &Auth,
    policy: Policy,
    token: &AccessToken,
) -> Ruling {
    let mut facts = RequestFacts::new(request, auth);
    loop {
        let (outcome, error) = match policy.evaluate(token, &mut facts) {
            Verdict::Allowed => {
                let requirement = facts.report_unmet(policy);
                if facts.has_asked() {
                    // A rule may have accepted what our guards refused it.
                    forget_refusals(request);
                }
                return Ruling {
                    outcome: match requirement {
                        None => DecisionOutcome::Allowed,
                        Some(_) => DecisionOutcome::Reported,
                    },
                    requirement,
                    result: Ok(()),
                };
            }
            Verdict::Denied(denial) => {
                log::info!("the token does not meet {policy}");
                // The hint is for developers, so logs in production do not have it.
                if cfg!(debug_assertions)
                    && let Some(hint) = policy.hint(token)
                {
                    log::info!(target: "_", "{hint}");
                }
                let error = denied(policy, denial, token, &mut facts);
                (DecisionOutcome::Denied, error)
            }
            Verdict::Failed => (DecisionOutcome::Failed, AuthErrorKind::RuleFailed.into()),
            Verdict::Ask(custom) => {
                // This future is boxed, because rules are rare, and each request allocates a future
                // of its size.
                let answer = Box::pin(ask(custom, token, request)).await;
                facts.answered(custom.id(), answer);
                continue;
            }
        };
        return Ruling {
            outcome,
            requirement: if auth.telemetry().is_observed() {
                policy.first_unmet(token, &mut facts)
            } else {
                None
            },
            result: Err(error),
        };
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

/// Returns how this denial is answered.
pub(crate) fn denied(
    policy: Policy,
    denial: Denial,
    token: &AccessToken,
    facts: &mut impl policy::Facts,
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
