//! Creates the requests that a route must refuse.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

use super::DpopKey;
use super::grants::{Grants, lacking_one};
use crate::auth::Auth;
use crate::issuer::{LocalIssuer, TokenBuilder};
use crate::policy::{Answer, Denial, Facts, Leaf, Policy, Requirement, Verdict};
use crate::token::AccessToken;

/// A request that must be refused.
pub(super) struct Attempt {
    pub(super) name: String,
    pub(super) credentials: Credentials,
    /// The reply; of several, one.
    pub(super) expected: Vec<Expected>,
}

/// What a request presents.
pub(super) enum Credentials {
    None,
    Bearer(String),
    /// A token with the scheme `DPoP`.
    Dpop(String, SentProof),
}

/// The proof that a request with the scheme `DPoP` has.
pub(super) enum SentProof {
    Right(Arc<DpopKey>),
    Missing,
    /// The right one, but it was used before.
    Replayed(Arc<DpopKey>),
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
    /// The key of bound tokens, if `dpop` is on.
    pub(super) key: Option<Arc<DpopKey>>,
}

impl Attempt {
    fn new(name: &str, credentials: Credentials, expected: Expected) -> Self {
        Self {
            name: name.to_owned(),
            credentials,
            expected: vec![expected],
        }
    }
}

impl Probe<'_> {
    /// Makes the requests that the route must refuse.
    pub(super) fn attempts(&self) -> Vec<Attempt> {
        let malformed = self.auth.malformed_status();
        let token = || {
            let token = self.issuer.token();
            match &self.key {
                Some(key) if self.auth.requires_proof() => token.bound_to(key),
                _ => token,
            }
        };
        let present = |token: String| match &self.key {
            Some(key) if self.auth.requires_proof() => {
                Credentials::Dpop(token, SentProof::Right(Arc::clone(key)))
            }
            _ => Credentials::Bearer(token),
        };
        let invalid = [
            (
                "a malformed token",
                "a.b".to_owned(),
                malformed,
                "invalid_header",
            ),
            (
                "an expired token",
                token().expired().mint(),
                401,
                "token_expired",
            ),
            (
                "a token for another audience",
                token().other_audience().mint(),
                401,
                "invalid_claims",
            ),
            (
                "a token with a wrong key",
                token().other_key().mint(),
                malformed,
                "invalid_header",
            ),
        ];
        let invalid = invalid.map(|(name, token, status, code)| {
            Attempt::new(name, present(token), Expected { status, code })
        });
        let anonymous = Expected {
            status: 401,
            code: "authorization_header_missing",
        };
        let mut attempts = vec![Attempt::new("no token", Credentials::None, anonymous)];
        attempts.extend(invalid);
        attempts.extend(self.unproven());
        attempts.extend(self.insufficient());
        attempts
    }

    /// Makes requests with a bound token that meets the policy, and without a valid proof.
    fn unproven(&self) -> Vec<Attempt> {
        let Some(key) = &self.key else {
            return Vec::new();
        };
        let before = self.before.iter().flat_map(|policy| policy.leaves());
        let leaves = before.chain(self.policy.leaves());
        let claims = self.grants(leaves).into_claims(self.auth.claim_names());
        let token = || self.token(claims.clone()).bound_to(key).mint();
        let key = || Arc::clone(key);
        let as_bearer = if self.auth.requires_proof() {
            "invalid_header"
        } else {
            "bound_token"
        };
        let unproven = [
            (
                "a bound token sent as a bearer token",
                Credentials::Bearer(token()),
                as_bearer,
            ),
            (
                "a bound token without a proof",
                Credentials::Dpop(token(), SentProof::Missing),
                "invalid_dpop_proof",
            ),
            (
                "a bound token with a proof that was used before",
                Credentials::Dpop(token(), SentProof::Replayed(key())),
                "invalid_dpop_proof",
            ),
            (
                "a bound token with the proof of another key",
                Credentials::Dpop(token(), SentProof::Right(Arc::new(DpopKey::generate()))),
                "invalid_dpop_proof",
            ),
        ];
        let unproven = unproven.into_iter();
        let unproven = unproven.map(|(name, credentials, code)| {
            Attempt::new(name, credentials, Expected { status: 401, code })
        });
        unproven.collect()
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
            let is_bound = claims.contains_key("cnf");
            let token = self.token(claims).mint();
            let credentials = match &self.key {
                Some(key) if is_bound => {
                    Credentials::Dpop(token, SentProof::Right(Arc::clone(key)))
                }
                _ => Credentials::Bearer(token),
            };
            attempts.push(Attempt {
                name: format!("a token without {requirement}"),
                credentials,
                expected,
            });
        }
        attempts
    }

    fn token(&self, claims: Map<String, Value>) -> TokenBuilder<'_> {
        let claims = claims.into_iter();
        claims.fold(self.issuer.token(), |token, (name, value)| {
            token.claim(&name, value)
        })
    }

    /// Returns what meets these leaves. It is bound to the key if they, or the configuration, require it.
    fn grants(&self, leaves: impl IntoIterator<Item = Leaf>) -> Grants {
        let thumbprint = self.key.as_ref().map(|key| key.thumbprint());
        let mut grants = Grants::meeting(leaves, self.segment, now(), thumbprint.as_deref());
        if let Some(thumbprint) = thumbprint.filter(|_| self.auth.requires_proof()) {
            grants.bind(&thumbprint);
        }
        grants
    }

    /// Returns the claims that meet these leaves and how they are refused, if they are refused
    /// whatever the application says of its rules.
    fn refused(&self, leaves: Vec<Leaf>) -> Option<(Map<String, Value>, Vec<Expected>)> {
        let names = self.auth.claim_names();
        let claims = self.grants(leaves).into_claims(names);
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
