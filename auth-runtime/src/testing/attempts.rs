//! Creates the requests that a route must refuse.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

use super::grants::{Grants, lacking_one};
use crate::auth::Auth;
use crate::issuer::LocalIssuer;
use crate::policy::{Answer, Denial, Facts, Leaf, Policy, Requirement, Verdict};
use crate::token::AccessToken;

/// A request that must be refused.
pub(super) struct Attempt {
    pub(super) name: String,
    pub(super) token: Option<String>,
    /// The reply; of several, one.
    pub(super) expected: Vec<Expected>,
}

/// A reply that a refusal must have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) status: u16,
    pub(super) code: &'static str,
}

/// One route and what its requests depend on.
pub(super) struct Probe<'a> {
    pub(super) auth: &'a Auth,
    pub(super) issuer: &'a LocalIssuer,
    pub(super) policy: Policy,
    /// The policies of the routes that Rocket tries before this one.
    pub(super) before: Vec<Policy>,
    /// The value of every dynamic segment.
    pub(super) segment: &'static str,
}

impl Probe<'_> {
    /// Makes the requests that the route must refuse.
    pub(super) fn attempts(&self) -> Vec<Attempt> {
        let malformed = self.auth.malformed_status();
        let token = || self.issuer.token();
        let invalid = [
            ("no token", None, 401, "authorization_header_missing"),
            (
                "a malformed token",
                Some("a.b".to_owned()),
                malformed,
                "invalid_header",
            ),
            (
                "an expired token",
                Some(token().expired().mint()),
                401,
                "token_expired",
            ),
            (
                "a token for another audience",
                Some(token().other_audience().mint()),
                401,
                "invalid_claims",
            ),
            (
                "a token with a wrong key",
                Some(token().other_key().mint()),
                malformed,
                "invalid_header",
            ),
        ];
        let invalid = invalid.map(|(name, token, status, code)| Attempt {
            name: name.to_owned(),
            token,
            expected: vec![Expected { status, code }],
        });
        invalid.into_iter().chain(self.insufficient()).collect()
    }

    /// Makes for each requirement a valid token that lacks only that.
    fn insufficient(&self) -> Vec<Attempt> {
        let mut attempts = Vec::new();
        for (requirement, leaves) in lacking_one(self.policy) {
            let before = self.before.iter().flat_map(|policy| policy.leaves());
            let passing: Vec<Leaf> = before.chain(leaves.iter().copied()).collect();
            // A route before this one may ask for the same, and then it is the one that refuses.
            let Some((claims, expected)) = [passing, leaves]
                .into_iter()
                .find_map(|leaves| self.refused(leaves))
            else {
                continue;
            };
            let mut token = self.issuer.token();
            for (name, value) in claims {
                token = token.claim(&name, value);
            }
            attempts.push(Attempt {
                name: format!("a token without {requirement}"),
                token: Some(token.mint()),
                expected,
            });
        }
        attempts
    }

    /// Returns the claims that meet these leaves and how they are refused, if they are refused
    /// whatever the application says of its rules.
    fn refused(&self, leaves: Vec<Leaf>) -> Option<(Map<String, Value>, Vec<Expected>)> {
        let names = self.auth.claim_names();
        let claims = Grants::meeting(leaves, self.segment, now()).into_claims(names);
        let yes = self.denial(&claims, Answer::Yes)?;
        let no = self.denial(&claims, Answer::No)?;
        let mut expected = vec![Expected::from(yes), Expected::from(no)];
        expected.dedup();
        Some((claims, expected))
    }

    /// Returns how the first route that denies these claims does so.
    fn denial(&self, claims: &Map<String, Value>, rules: Answer) -> Option<Denial> {
        let mut claims = claims.clone();
        claims.entry("sub").or_insert_with(|| "local-user".into());
        let text = Value::Object(claims).to_string();
        let token = AccessToken::unchecked(text, self.auth.claim_names()).ok()?;
        let mut facts = Assumed { probe: self, rules };
        let mut policies = self.before.iter().chain([&self.policy]);
        policies.find_map(|policy| match policy.evaluate(&token, &mut facts) {
            Verdict::Denied(denial) => Some(denial),
            Verdict::Allowed | Verdict::Ask(_) | Verdict::Failed => None,
        })
    }
}

impl From<Denial> for Expected {
    fn from(denial: Denial) -> Self {
        let (status, code) = match denial {
            Denial::Forbidden => (403, "Unauthorized"),
            Denial::NotFound => (404, "not_found"),
            Denial::StepUp => (401, "insufficient_user_authentication"),
            Denial::Unbound => (401, "unbound_token"),
        };
        Self { status, code }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.code)
    }
}

/// The facts of the requests that are sent.
struct Assumed<'a> {
    probe: &'a Probe<'a>,
    /// The answer of the application's own rules.
    rules: Answer,
}

impl Facts for Assumed<'_> {
    fn parameter(&self, _: &str) -> Option<&str> {
        Some(self.probe.segment)
    }

    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53 seconds")]
    fn now(&self) -> f64 {
        now() as f64
    }

    fn leeway(&self) -> f64 {
        self.probe.auth.leeway()
    }

    fn answer(&self, _: usize) -> Option<Answer> {
        Some(self.rules)
    }

    fn all_report_only(&self) -> bool {
        self.probe.auth.is_report_only()
    }

    fn report(&mut self, _: &Requirement) {}
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |now| now.as_secs())
}
