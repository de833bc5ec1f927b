//! Predicts what each route answers to a caller, with the guard's own evaluation.
//!
//! Two things are not known before there is a request: the parameters of its path, and what the rules of
//! the application say. A policy is evaluated twice, with the worst and with the best of them. If both
//! give the same, the verdict is certain.

use std::collections::HashMap;
use std::time::UNIX_EPOCH;

use serde_json::Value;

use super::answer::{self, Answer, TokenAnswer, Verdict};
use crate::auth::{Auth, Refused};
use crate::error::{AuthErrorKind, ChallengeContext, Scheme};
use crate::guard;
use crate::policy::{self, Lacking, Policy, Requirement};
use crate::routes::RoutePolicy;
use crate::token::AccessToken;

/// The parameters of a path, by their names.
pub(super) type Parameters = HashMap<String, String>;

/// Judges a caller with this token, or without one.
pub(super) async fn judge<'p>(
    auth: &Auth,
    token: Option<&str>,
    parameters: &Parameters,
    routes: impl Iterator<Item = &'p RoutePolicy>,
) -> Answer {
    let Some(token) = token else {
        return Answer {
            token: None,
            verdicts: routes.map(|route| without_token(auth, route)).collect(),
        };
    };
    match auth.inspect(token).await {
        Ok(token) => Answer {
            token: Some(TokenAnswer::Accepted),
            verdicts: routes
                .map(|route| with_token(auth, &token, parameters, route))
                .collect(),
        },
        Err(refused) => {
            let error = refused.error.in_context(sent_as_bearer(auth));
            let refused = Refused { error, ..refused };
            Answer {
                token: Some(TokenAnswer::from(&refused)),
                verdicts: routes
                    .map(|route| with_bad_token(auth, &refused, route))
                    .collect(),
            }
        }
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
    let known = Supposition::worst(auth, parameters);
    let best = Supposition::best(auth, parameters, policy, token);
    let (worst, lacking) = decide(policy, token, known);
    let (best, _) = decide(policy, token, best);
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
            let error = error.in_context(sent_as_bearer(facts.auth));
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

/// What is supposed of a request that does not exist.
struct Supposition<'a> {
    auth: &'a Auth,
    parameters: &'a Parameters,
    /// The values that make the caller the owner.
    owned: Parameters,
    rules: policy::Answer,
    reports: Vec<Requirement>,
}

impl<'a> Supposition<'a> {
    /// No rule consents, and a parameter that is not known is nobody's.
    fn worst(auth: &'a Auth, parameters: &'a Parameters) -> Self {
        Self {
            auth,
            parameters,
            owned: Parameters::new(),
            rules: policy::Answer::No,
            reports: Vec::new(),
        }
    }

    /// Every rule consents, and a parameter that is not known is the caller's own.
    fn best(
        auth: &'a Auth,
        parameters: &'a Parameters,
        policy: Policy,
        token: &AccessToken,
    ) -> Self {
        let own = |(claim, parameter): (&str, &str)| {
            let value = match token.claim(claim)? {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => return None,
            };
            Some((parameter.to_owned(), value))
        };
        Self {
            owned: policy.owners().into_iter().filter_map(own).collect(),
            rules: policy::Answer::Yes,
            ..Self::worst(auth, parameters)
        }
    }
}

impl policy::Facts for Supposition<'_> {
    fn parameter(&self, name: &str) -> Option<&str> {
        let value = self.parameters.get(name).or_else(|| self.owned.get(name));
        value.map(String::as_str)
    }

    fn now(&self) -> f64 {
        let now = self.auth.clock().now().duration_since(UNIX_EPOCH);
        now.map_or(f64::INFINITY, |now| now.as_secs_f64())
    }

    fn leeway(&self) -> f64 {
        self.auth.leeway()
    }

    fn answer(&self, _: usize) -> Option<policy::Answer> {
        Some(self.rules)
    }

    fn all_report_only(&self) -> bool {
        self.auth.is_report_only()
    }

    fn report(&mut self, requirement: &Requirement) {
        self.reports.push(*requirement);
    }
}
