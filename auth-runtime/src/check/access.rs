//! Reports what a token may do, by evaluating the policies of the routes for requests that nobody has sent.

use super::report::{Finding, Section};
use crate::auth::Auth;
use crate::policy::{Parameters, Supposition, Verdict};
use crate::routes::Policies;
use crate::token::AccessToken;

/// Reports which routes the token may call.
pub(super) fn access(
    title: &str,
    auth: &Auth,
    policies: &Policies,
    token: &AccessToken,
) -> Section {
    let settings = auth.request_settings();
    let unknown = Parameters::new();
    let findings = policies.iter().filter_map(|route| {
        let policy = route.policy().filter(|policy| !policy.is_public())?;
        let allows = |mut facts| matches!(policy.evaluate(token, &mut facts), Verdict::Allowed);
        let worst = allows(Supposition::worst(settings, &unknown));
        let best = allows(Supposition::best(settings, &unknown, policy, token));
        let found = match (worst, best) {
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
