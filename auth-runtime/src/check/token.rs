//! Reports on a token: every check in its order, and what it may do.

use super::access::access;
use super::claims::Stated;
use super::report::{Finding, Level, Section, TokenVerdict};
use super::step::{Step, Way, audience_claim};
use crate::auth::{Auth, Examined};
use crate::error::AuthError;
use crate::routes::Policies;
use crate::verify::Failure;

/// Returns the checks of a token, what it may do if it passes them, and the verdict on it.
pub(super) async fn sections(
    auth: &Auth,
    policies: &Policies,
    token: &str,
) -> (Vec<Section>, TokenVerdict) {
    let way = Way::new(auth, token);
    let stated = Stated::new(token, auth.clock().now());
    let examined = auth.examine(token).await;
    let checks = Checks {
        auth,
        way,
        stated,
        token,
    };
    let mut sections = vec![Section::new("Token", checks.findings(&examined))];
    match &examined {
        Examined::Accepted(token) => {
            sections.push(access("What the token may do", auth, policies, token));
        }
        // Only a proof is missing.
        Examined::Bare { token, .. }
            if token.confirmation().is_some() && auth.accepts_bound_tokens() =>
        {
            let title = "What the token may do with a proof of its key";
            sections.push(access(title, auth, policies, token));
        }
        Examined::Bare { .. } | Examined::Failed { .. } => {}
    }
    (sections, verdict(&examined))
}

fn verdict(examined: &Examined) -> TokenVerdict {
    match examined {
        Examined::Accepted(_) => TokenVerdict {
            accepted: true,
            status: 200,
            code: None,
            description: None,
        },
        Examined::Bare { error, .. } | Examined::Failed { error, .. } => refused(error),
    }
}

fn refused(error: &AuthError) -> TokenVerdict {
    TokenVerdict {
        accepted: false,
        status: error.status().code,
        code: Some(error.code()),
        description: Some(error.description().into_owned()),
    }
}

pub(super) struct Checks<'c> {
    pub(super) auth: &'c Auth,
    pub(super) way: Way,
    pub(super) stated: Stated,
    token: &'c str,
}

impl Checks<'_> {
    fn findings(&self, examined: &Examined) -> Vec<Finding> {
        let failed = match examined {
            Examined::Accepted(_) => None,
            Examined::Bare { .. } => Some(Step::Binding),
            Examined::Failed { failure, .. } => Some(Step::for_failure(failure)),
        };
        let steps: Vec<_> = self.way.steps().collect();
        // A failure that belongs to none of them comes first.
        let other = failed.filter(|step| !steps.contains(step));
        let mut level = Level::Ok;
        let mut findings = Vec::new();
        for step in other.into_iter().chain(steps) {
            if Some(step) == failed {
                findings.push(self.failed(step, examined));
                level = Level::Skipped;
            } else {
                findings.push(self.finding(level, step));
            }
        }
        findings
    }

    /// Returns what a check compares.
    fn finding(&self, level: Level, step: Step) -> Finding {
        let finding = Finding::new(level, step.name(), self.found(step));
        match self.expected(step) {
            // For a check that was passed, the value is enough.
            Some(expected) if level != Level::Ok => finding.expected(expected),
            _ => finding,
        }
    }

    fn failed(&self, step: Step, examined: &Examined) -> Finding {
        let (reason, fix, level) = match examined {
            Examined::Failed { failure, hint, .. } => {
                let fix = hint.clone().unwrap_or_else(|| fix(failure).to_owned());
                (failure.to_string(), fix, Level::Problem)
            }
            Examined::Bare { token, error } => {
                let is_provable =
                    token.confirmation().is_some() && self.auth.accepts_bound_tokens();
                let fix = if is_provable {
                    "send it with a proof of its key, which this report cannot make: see the chapter \
                     on bound tokens"
                } else if token.confirmation().is_some() {
                    "set `dpop` or `mtls` to \"allow\", by which the token is bound, or get a token that \
                     is not bound"
                } else {
                    "get a token that is bound to a key, or set `dpop` and `mtls` to \"allow\""
                };
                let level = if is_provable {
                    Level::Warning
                } else {
                    Level::Problem
                };
                (error.to_string(), fix.to_owned(), level)
            }
            Examined::Accepted(_) => return self.finding(Level::Ok, step),
        };
        let found = self.found(step);
        let found = if found.is_empty() {
            reason
        } else {
            format!("{reason} ({found})")
        };
        let finding = Finding::new(level, step.name(), found).fix(fix);
        match self.expected(step) {
            Some(expected) => finding.expected(expected),
            None => finding,
        }
    }

    /// Returns what the token has.
    fn found(&self, step: Step) -> String {
        let stated = &self.stated;
        let is_read = match step {
            Step::Header | Step::Algorithm | Step::Key => stated.has_header,
            Step::Issuer | Step::Audience | Step::Expiry | Step::NotBefore => stated.has_claims,
            _ => true,
        };
        if !is_read {
            return String::new();
        }
        let or_none = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
        match step {
            Step::Shape => format!("{} bytes", self.token.len()),
            Step::Header => format!("typ {}", or_none(&stated.typ)),
            Step::Algorithm => or_none(&stated.alg),
            Step::Key => format!("kid {}", or_none(&stated.kid)),
            Step::Issuer if self.way != Way::Introspected => or_none(&stated.issuer),
            Step::Audience if self.way != Way::Introspected => self.stated_audience(),
            Step::Expiry if self.way != Way::Introspected => or_none(&stated.expiry),
            Step::NotBefore if self.way != Way::Introspected => or_none(&stated.not_before),
            Step::Introspection => {
                let introspected = self.auth.verifier().introspected.as_ref();
                introspected.map_or_else(String::new, |issuer| {
                    let (url, client) = issuer.introspector.address();
                    format!("{url} was asked as the client {client:?}")
                })
            }
            Step::Revocation if !self.auth.honours_revocations() => {
                "`revocation` is off".to_owned()
            }
            _ => String::new(),
        }
    }

    fn stated_audience(&self) -> String {
        let stated = &self.stated;
        let named = [
            ("aud", &stated.audience),
            ("client_id", &stated.client_id),
            ("azp", &stated.authorized_party),
        ];
        let claims = self
            .issuer()
            .map_or(&[][..], |issuer| &issuer.audience_claims);
        let mut claims = claims.iter().map(|claim| audience_claim(*claim));
        let found = claims.find_map(|name| {
            let (_, value) = named.iter().find(|(own, _)| *own == name)?;
            value.as_ref().map(|value| match name {
                "aud" => value.clone(),
                name => format!("{value} in `{name}`"),
            })
        });
        found.unwrap_or_else(|| "none".to_owned())
    }
}

/// Returns what to change, if the token itself gives no hint.
fn fix(failure: &Failure) -> &'static str {
    match failure {
        Failure::Malformed(_) => {
            "send an access token of the configured issuer, as it is and as a whole"
        }
        Failure::AlgorithmNotAccepted(_) => "if the issuer signs with it, name it in `algorithms`",
        Failure::UnknownKey(_) => {
            "compare the token's `kid` with the keys that the issuer publishes"
        }
        Failure::KeysUnavailable { .. } => "see the issuer's section above",
        Failure::Signature => {
            "get a new token: this one was changed on its way, or another issuer signed it"
        }
        Failure::Expired(_) => "get a new token",
        Failure::InvalidClaim(_) => {
            "compare the claim with the configuration, and correct what is wrong at the issuer or here"
        }
        Failure::Inactive => "get a new token, or ask the issuer why the token is inactive",
        Failure::IntrospectionUnavailable { .. } => {
            "the log says why: check `introspection_endpoint`, `client_id` and the credential"
        }
        Failure::Revoked => "get a new token after a new login",
        Failure::StoreUnavailable { .. } => "check `store`, which the revocations come from",
    }
}
