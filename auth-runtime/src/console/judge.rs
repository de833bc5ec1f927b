//! Predicts what each route answers to a caller, with the guard's own evaluation, for the worst and for
//! the best request.

use super::answer::{self, Answer, TokenAnswer, Verdict};
use super::overview;
use crate::auth::{Auth, Refused};
use crate::error::{AuthErrorKind, ChallengeContext, Scheme};
use crate::guard;
use crate::policy::{self, Lacking, Parameters, Policy, Supposition};
use crate::routes::{Policies, RoutePolicy};
use crate::token::AccessToken;

/// Judges a caller with this token, or without one.
pub(super) async fn judge(
    auth: &Auth,
    token: Option<&str>,
    parameters: &Parameters,
    policies: &Policies,
) -> Answer {
    let routes = overview::routes(policies);
    let (token, verdicts) = match token {
        None => (
            None,
            routes.map(|route| without_token(auth, route)).collect(),
        ),
        Some(token) => match auth.inspect(token).await {
            Ok(token) => (
                Some(TokenAnswer::Accepted),
                routes
                    .map(|route| with_token(auth, &token, parameters, route))
                    .collect(),
            ),
            Err(refused) => {
                let error = refused.error.in_context(sent_as_bearer(auth));
                let refused = Refused { error, ..refused };
                (
                    Some(TokenAnswer::from(&refused)),
                    routes
                        .map(|route| with_bad_token(auth, &refused, route))
                        .collect(),
                )
            }
        },
    };
    Answer {
        token,
        verdicts,
        fingerprint: overview::fingerprint(policies),
    }
}

/// Returns the context of the challenges to the page, which sends tokens with the scheme Bearer.
fn sent_as_bearer(auth: &Auth) -> ChallengeContext {
    auth.challenge_context(Some(Scheme::Bearer))
}

fn without_token(auth: &Auth, route: &RoutePolicy) -> Verdict {
    match route.policy() {
        None => undeclared(),
        Some(policy) if policy.is_public() => anyone(),
        Some(policy) => {
            let error = AuthErrorKind::AuthorizationMissing.into();
            let error = guard::with_scopes_to_request(auth, error, policy);
            Verdict::refused(&error.in_context(auth.challenge_context(None)), "no token")
        }
    }
}

fn with_bad_token(auth: &Auth, refused: &Refused, route: &RoutePolicy) -> Verdict {
    match route.policy() {
        None => undeclared(),
        Some(policy) if policy.is_public() => anyone(),
        Some(policy) => {
            let error = guard::with_scopes_to_request(auth, refused.error.clone(), policy);
            let reason = refused.reason.clone();
            let reason = reason.unwrap_or_else(|| refused.error.description().into_owned());
            Verdict {
                log: answer::log_of(refused),
                ..Verdict::refused(&error, reason)
            }
        }
    }
}

fn with_token(
    auth: &Auth,
    token: &AccessToken,
    parameters: &Parameters,
    route: &RoutePolicy,
) -> Verdict {
    let Some(policy) = route.policy() else {
        return undeclared();
    };
    if policy.is_public() {
        return anyone();
    }
    let settings = auth.request_settings();
    let known = Supposition::worst(settings, parameters);
    let best = Supposition::best(settings, parameters, policy, token);
    let (worst, lacking) = decide(auth, policy, token, known);
    let (best, _) = decide(auth, policy, token, best);
    if worst.status == best.status {
        return worst;
    }
    let reason = match (lacking, worst.status) {
        (Some(lacking), Some(status)) => format!("only with {lacking}, otherwise {status}"),
        _ => "the request decides".to_owned(),
    };
    Verdict::depends(reason)
}

fn anyone() -> Verdict {
    Verdict::allowed("anyone may call it")
}

fn undeclared() -> Verdict {
    Verdict::depends("its policy is not known")
}

/// Returns the verdict, and what the token lacks.
fn decide(
    auth: &Auth,
    policy: Policy,
    token: &AccessToken,
    mut facts: Supposition<'_>,
) -> (Verdict, Option<Lacking>) {
    match policy.evaluate(token, &mut facts) {
        policy::Verdict::Allowed => (allowed(policy, &facts), None),
        policy::Verdict::Denied(denial) => {
            let lacking = policy.lacking(token, &mut facts);
            let reason = match &lacking {
                Some(lacking) => format!("lacks {lacking}"),
                None => "refuses everyone".to_owned(),
            };
            let error = guard::denied(policy, denial, token, &mut facts);
            let error = error.in_context(sent_as_bearer(auth));
            let line = format!("the token does not meet {policy}");
            let verdict = Verdict {
                log: [line].into_iter().chain(policy.hint(token)).collect(),
                ..Verdict::refused(&error, reason)
            };
            (verdict, lacking)
        }
        // A supposition has an answer to every rule.
        policy::Verdict::Ask(_) | policy::Verdict::Failed => {
            (Verdict::depends("a rule of the application decides"), None)
        }
    }
}

fn allowed(policy: Policy, facts: &Supposition<'_>) -> Verdict {
    if facts.reports.is_empty() {
        let has_requirements = !policy.requirements().is_empty();
        let reason = if has_requirements {
            "the token suffices"
        } else {
            "any valid token"
        };
        return Verdict::allowed(reason);
    }
    let unmet: Vec<_> = facts.reports.iter().map(ToString::to_string).collect();
    Verdict::allowed(format!(
        "passes although it does not meet {} (report only)",
        unmet.join(" ")
    ))
}
