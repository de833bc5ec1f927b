//! Reports the routes with their policies, and the scopes that they require.

use super::report::{Finding, Section};
use crate::auth::Auth;
use crate::routes::{ApiScope, Policies};

/// The similarity, from 0 to 1, from which a declared scope is suggested.
const SIMILAR: f64 = 0.7;

pub(super) fn section(auth: &Auth, policies: &Policies) -> Section {
    let mut findings: Vec<_> = policies
        .iter()
        .map(|route| match route.policy() {
            Some(policy) => Finding::note(route.to_string(), policy.to_string()),
            None => Finding::warning(route.to_string(), "it does not declare who may call it")
                .fix("set `undeclared_routes = \"deny\"`, whose launch error says what to write"),
        })
        .collect();
    if findings.is_empty() {
        findings.push(Finding::warning("routes", "there are none"));
    }
    if auth.is_report_only() {
        findings.push(
            Finding::warning(
                "report_only",
                "requirements of routes are reported and not enforced",
            )
            .fix("remove `report_only` when the log shows no denials any more"),
        );
    }
    Section::new("Routes", findings)
}

pub(super) fn scopes(policies: &Policies) -> Section {
    let scopes = policies.scopes();
    let mut findings: Vec<_> = scopes
        .iter()
        .map(|scope| finding(scope, &scopes, policies.has_vocabulary()))
        .collect();
    if findings.is_empty() {
        findings.push(Finding::note("scopes", "no route requires one"));
    } else if !policies.has_vocabulary() {
        findings.push(Finding::note(
            "vocabulary",
            "none is given to `AuthBuilder::vocabulary`, so a misspelt scope is not noticed",
        ));
    }
    Section::new("Scopes", findings)
}

fn finding(scope: &ApiScope, all: &[ApiScope], has_vocabulary: bool) -> Finding {
    let routes: Vec<_> = scope.routes().collect();
    let routes = routes.join(", ");
    if has_vocabulary && !scope.is_declared() {
        let problem = Finding::problem(
            scope.name(),
            format!("no vocabulary declares it, and {routes} requires it"),
        );
        return problem.fix(match similar(scope.name(), all) {
            Some(other) => format!("write {other:?}, or declare it in `scopes!`"),
            None => "declare it in `scopes!`, or correct the attribute".to_owned(),
        });
    }
    let found = if routes.is_empty() {
        "no route requires it".to_owned()
    } else {
        format!("required by {routes}")
    };
    Finding::note(scope.name(), found)
}

/// Returns the declared scope that is most similar, if it is similar enough.
fn similar<'s>(name: &str, all: &'s [ApiScope]) -> Option<&'s str> {
    let declared = all.iter().filter(|scope| scope.is_declared());
    let rated = declared.map(|scope| {
        let similarity = strsim::normalized_levenshtein(name, scope.name());
        (similarity, scope.name())
    });
    let best = rated.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (best.0 >= SIMILAR).then_some(best.1)
}
