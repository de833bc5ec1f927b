//! Reports what a token may do, by evaluating the policies of the routes for requests that nobody has sent.

use std::collections::BTreeMap;
use std::time::UNIX_EPOCH;

use super::report::{Finding, Section};
use crate::auth::Auth;
use crate::policy::{Answer, Condition, Facts, Policy, PolicyText, Requirement, Verdict};
use crate::routes::Policies;
use crate::token::AccessToken;

/// Reports which routes the token may call.
pub(super) fn access(
    title: &str,
    auth: &Auth,
    policies: &Policies,
    token: &AccessToken,
) -> Section {
    let findings = policies.iter().filter_map(|route| {
        let policy = route.policy().filter(|policy| !policy.is_public())?;
        let may = |is_favourable| {
            let mut facts = Assumed::new(auth, policy, token, is_favourable);
            matches!(policy.evaluate(token, &mut facts), Verdict::Allowed)
        };
        let found = match (may(false), may(true)) {
            (true, _) => "allowed".to_owned(),
            (false, true) => format!("it depends on the request: {policy}"),
            (false, false) => match policy.hint(token) {
                Some(hint) => format!("refused by {policy}; {hint}"),
                None => format!("refused by {policy}"),
            },
        };
        Some(Finding::note(route.to_string(), found))
    });
    Section::new(title, findings.collect())
}

/// The facts of a request that nobody has sent: the best for the caller, or the worst.
struct Assumed<'a> {
    auth: &'a Auth,
    is_favourable: bool,
    /// The parameters of the path that make the caller the owner.
    own: BTreeMap<String, String>,
}

impl<'a> Assumed<'a> {
    fn new(auth: &'a Auth, policy: Policy, token: &AccessToken, is_favourable: bool) -> Self {
        let mut own = BTreeMap::new();
        if let PolicyText::Requires(conditions) = PolicyText::from(policy) {
            collect_owners(&conditions, token, &mut own);
        }
        Self {
            auth,
            is_favourable,
            own,
        }
    }
}

/// Collects the values of the path parameters with which the caller is the owner.
fn collect_owners(
    conditions: &[Condition],
    token: &AccessToken,
    own: &mut BTreeMap<String, String>,
) {
    for condition in conditions {
        match condition {
            Condition::Owner { claim, parameter } => {
                let value = token.claims().at(claim).map(|value| match value.as_str() {
                    Some(text) => text.to_owned(),
                    None => value.to_string(),
                });
                own.extend(value.map(|value| (parameter.clone(), value)));
            }
            Condition::Any(inner)
            | Condition::All(inner)
            | Condition::NotFound(inner)
            | Condition::ReportOnly(inner) => collect_owners(inner, token, own),
            _ => {}
        }
    }
}

impl Facts for Assumed<'_> {
    fn parameter(&self, name: &str) -> Option<&str> {
        self.own
            .get(name)
            .filter(|_| self.is_favourable)
            .map(String::as_str)
    }

    fn now(&self) -> f64 {
        let now = self.auth.clock().now().duration_since(UNIX_EPOCH);
        now.map_or(f64::INFINITY, |now| now.as_secs_f64())
    }

    fn leeway(&self) -> f64 {
        self.auth.leeway()
    }

    fn answer(&self, _: usize) -> Option<Answer> {
        Some(if self.is_favourable {
            Answer::Yes
        } else {
            Answer::No
        })
    }

    fn all_report_only(&self) -> bool {
        self.auth.is_report_only()
    }

    fn report(&mut self, _: &Requirement) {}
}
