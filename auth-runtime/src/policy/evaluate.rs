//! Evaluates a policy for a token and the facts of a request. The verdict is yes, no, or a rule to
//! ask.

use serde_json::Value;

use super::requirement::{Custom, Kind, Literal, Requirement};
use super::{Access, Policy};
use crate::token::scope;
use crate::token::{AccessToken, Confirmation};

/// The facts of a request that a policy needs, beyond the token.
pub(crate) trait Facts {
    /// Returns the decoded value of this dynamic segment of the matched route's path.
    fn parameter(&self, name: &str) -> Option<&str>;
    /// Returns the current time, in seconds since 1970.
    fn now(&self) -> f64;
    /// Returns the clock skew allowed, in seconds.
    fn leeway(&self) -> f64;
    /// Returns the answer of the rule with this id, if it was asked.
    fn answer(&self, id: usize) -> Option<Answer>;
    /// Returns whether every requirement is report-only.
    fn all_report_only(&self) -> bool;
    /// Records a report-only requirement that is not met. Each evaluation records it again.
    fn report(&mut self, requirement: &Requirement);
}

/// The answer of a rule.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    Yes,
    No,
    /// The rule failed.
    Failed,
}

/// The result of an evaluation.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Verdict {
    Allowed,
    Denied(Denial),
    /// The evaluation needs the answer of this rule.
    Ask(Custom),
    /// A rule failed.
    Failed,
}

/// The reply to a denial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denial {
    Forbidden,
    NotFound,
    /// The login is too old or too weak (RFC 9470).
    StepUp,
    /// The token has to be bound to a key.
    Unbound,
}

impl Policy {
    /// Evaluates the policy for this verified token. The first requirement that is not met decides.
    pub(crate) fn evaluate(self, token: &AccessToken, facts: &mut impl Facts) -> Verdict {
        match self.0 {
            Access::Public => Verdict::Allowed,
            Access::Requires(requirements) => requirements
                .iter()
                .map(|requirement| requirement.evaluate_reported(token, facts))
                .find(|verdict| !matches!(verdict, Verdict::Allowed))
                .unwrap_or(Verdict::Allowed),
            Access::RefuseAll => Verdict::Denied(Denial::Forbidden),
        }
    }

    /// Returns the first requirement that does not let the request pass.
    pub(crate) fn first_unmet(
        self,
        token: &AccessToken,
        facts: &mut impl Facts,
    ) -> Option<Requirement> {
        let mut requirements = self.requirements().iter();
        let is_unmet = |requirement: &&Requirement| {
            let verdict = requirement.evaluate_reported(token, facts);
            !matches!(verdict, Verdict::Allowed)
        };
        requirements.find(is_unmet).copied()
    }

    /// Returns what the challenge of RFC 9470 names: the shortest age, and the first list of classes
    /// that is not met.
    pub(crate) fn step_up(self, token: &AccessToken) -> (Option<u64>, Option<&'static str>) {
        let mut age: Option<u64> = None;
        let (mut unmet, mut first) = (None, None);
        for Requirement(kind) in self.requirements() {
            match kind {
                Kind::MaxAge(seconds) => age = Some(age.map_or(*seconds, |age| age.min(*seconds))),
                Kind::Acr(acr) if !is_of_class(token, acr) => unmet = unmet.or(Some(*acr)),
                Kind::Acr(acr) => first = first.or(Some(*acr)),
                _ => {}
            }
        }
        (age, unmet.or(first))
    }
}

impl Requirement {
    /// Evaluates the requirement, which the configuration may make report-only. How the caller logged
    /// in is part of authentication, which is never report-only.
    fn evaluate_reported(&self, token: &AccessToken, facts: &mut impl Facts) -> Verdict {
        let verdict = self.evaluate(token, facts);
        let is_authentication = matches!(
            self.0,
            Kind::MaxAge(_) | Kind::Acr(_) | Kind::SenderConstrained
        );
        let reported = facts.all_report_only() && !is_authentication;
        if reported {
            self.reported(verdict, facts)
        } else {
            verdict
        }
    }

    /// Lets a request pass that this report-only requirement would refuse, and records the
    /// requirement.
    fn reported(&self, verdict: Verdict, facts: &mut impl Facts) -> Verdict {
        match verdict {
            Verdict::Denied(_) | Verdict::Failed => {
                facts.report(self);
                Verdict::Allowed
            }
            Verdict::Allowed | Verdict::Ask(_) => verdict,
        }
    }

    /// Returns whether this requirement is not met, and a scope would have helped.
    pub(super) fn wants_scope(&self, token: &AccessToken, facts: &mut impl Facts) -> bool {
        if matches!(self.evaluate(token, facts), Verdict::Allowed) {
            return false;
        }
        match self.0 {
            Kind::Scope(_) => true,
            Kind::Any(inner) | Kind::All(inner) | Kind::NotFound(inner) => inner
                .iter()
                .any(|requirement| requirement.wants_scope(token, facts)),
            _ => false,
        }
    }

    pub(super) fn evaluate(&self, token: &AccessToken, facts: &mut impl Facts) -> Verdict {
        let (met, denial) = match self.0 {
            Kind::Scope(scope) => (token.has_scope(scope), Denial::Forbidden),
            Kind::Permission(permission) => (token.has_permission(permission), Denial::Forbidden),
            Kind::Role(role) => (token.has_role(role), Denial::Forbidden),
            Kind::Claim { name, value } => (has_claim(token, name, value), Denial::Forbidden),
            Kind::Owner { claim, parameter } => {
                let segment = facts.parameter(parameter.name);
                let value = segment.and_then(parameter.parse);
                let is_owner = value.is_some_and(|value| is_claim(token, claim, &value));
                (is_owner, Denial::Forbidden)
            }
            Kind::MaxAge(seconds) => (is_recent(token, seconds, facts), Denial::StepUp),
            Kind::Acr(classes) => (is_of_class(token, classes), Denial::StepUp),
            // A bound token gets here only if the client has proven that it has the key.
            Kind::SenderConstrained => (is_bound(token), Denial::Unbound),
            Kind::Custom(custom) => match facts.answer(custom.id()) {
                Some(Answer::Yes) => return Verdict::Allowed,
                Some(Answer::No) => return Verdict::Denied(Denial::Forbidden),
                Some(Answer::Failed) => return Verdict::Failed,
                None => return Verdict::Ask(custom),
            },
            Kind::Any(alternatives) => return any(alternatives, token, facts),
            Kind::All(requirements) => return all(requirements, token, facts),
            Kind::NotFound(requirements) => {
                return match all(requirements, token, facts) {
                    Verdict::Denied(_) => Verdict::Denied(Denial::NotFound),
                    verdict => verdict,
                };
            }
            Kind::ReportOnly(requirements) => {
                let verdict = all(requirements, token, facts);
                return self.reported(verdict, facts);
            }
        };
        if met {
            Verdict::Allowed
        } else {
            Verdict::Denied(denial)
        }
    }
}

/// Evaluates all requirements. The first one that is not met decides.
fn all(requirements: &[Requirement], token: &AccessToken, facts: &mut impl Facts) -> Verdict {
    requirements
        .iter()
        .map(|requirement| requirement.evaluate(token, facts))
        .find(|verdict| !matches!(verdict, Verdict::Allowed))
        .unwrap_or(Verdict::Allowed)
}

/// Evaluates alternatives. The first one that is met decides. A rule is asked only if no alternative
/// before it is met.
fn any(alternatives: &[Requirement], token: &AccessToken, facts: &mut impl Facts) -> Verdict {
    alternatives
        .iter()
        .map(|requirement| requirement.evaluate(token, facts))
        .find(|verdict| !matches!(verdict, Verdict::Denied(_)))
        .unwrap_or(Verdict::Denied(Denial::Forbidden))
}

/// Returns whether the claim has this value, or is a list that contains it.
fn has_claim(token: &AccessToken, name: &str, value: Literal) -> bool {
    if let (Literal::Text(text), "sub") = (value, name) {
        return token.subject() == Some(text);
    }
    match token.claim(name) {
        Some(Value::Array(list)) => list.iter().any(|item| is_value(item, value)),
        Some(claim) => is_value(claim, value),
        None => false,
    }
}

fn is_value(claim: &Value, value: Literal) -> bool {
    match value {
        Literal::Text(text) => claim.as_str() == Some(text),
        Literal::Integer(number) => claim.as_i64() == Some(number),
        Literal::Bool(flag) => claim.as_bool() == Some(flag),
    }
}

/// Returns whether the claim is this value, as a string or as an integer.
fn is_claim(token: &AccessToken, claim: &str, value: &str) -> bool {
    if claim == "sub" {
        return token.subject() == Some(value);
    }
    match token.claim(claim) {
        Some(Value::String(text)) => text == value,
        Some(Value::Number(number)) => number.as_i64().is_some_and(|own| own.to_string() == value),
        _ => false,
    }
}

fn is_bound(token: &AccessToken) -> bool {
    token.confirmation().is_some_and(Confirmation::is_known)
}

fn is_of_class(token: &AccessToken, classes: &str) -> bool {
    let acr = token.claims().get("acr").and_then(Value::as_str);
    acr.is_some_and(|acr| scope::split(classes).any(|class| class == acr))
}

fn is_recent(token: &AccessToken, seconds: u64, facts: &impl Facts) -> bool {
    let Some(login) = token.claims().get("auth_time").and_then(Value::as_f64) else {
        return false;
    };
    let (now, leeway) = (facts.now(), facts.leeway());
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53 seconds")]
    let oldest = now - seconds as f64 - leeway;
    // A login in the future is a mistake of the issuer, such as a time in milliseconds, and would
    // stay recent.
    (oldest..=now + leeway).contains(&login)
}
