//! A token: every check in its order, and what it may do.

use super::access::access;
use super::claims::Stated;
use super::report::{Finding, Level, Section, TokenVerdict};
use super::step::{Step, Way, audience_claim};
use crate::auth::{Auth, Examined};
use crate::error::AuthError;
use crate::routes::Policies;
use crate::token::quoted;
use crate::verify::{Failure, Issuer};

/// The checks of a token, what it may do if it passes them, and the verdict on it.
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
        // A proof is all that is missing.
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

struct Checks<'c> {
    auth: &'c Auth,
    way: Way,
    stated: Stated,
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

    /// What a check compares.
    fn finding(&self, level: Level, step: Step) -> Finding {
        let finding = Finding::new(level, step.name(), self.found(step));
        match self.expected(step) {
            // Of a check that was passed, the value says enough.
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

    /// What the token has.
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

    fn expected(&self, step: Step) -> Option<String> {
        let verifier = self.auth.verifier();
        Some(match step {
            Step::Shape if self.way == Way::Introspected => {
                "at most 16 KiB of the characters of RFC 6750 §2.1".to_owned()
            }
            Step::Shape => "at most 16 KiB, three parts of base64url without padding".to_owned(),
            Step::Header if verifier.rules.at_jwt => {
                "a JSON object with the typ \"at+jwt\"".to_owned()
            }
            Step::Header => {
                "a JSON object with the typ \"JWT\", \"at+jwt\" or none, and no `crit`".to_owned()
            }
            Step::Algorithm => self.algorithms(),
            Step::Key => self.keys(),
            Step::Issuer => list(self.issuer_names()),
            Step::Audience => list(self.audiences()),
            Step::Expiry => format!("a time in the future (leeway {} s)", self.auth.leeway()),
            Step::NotBefore => format!(
                "none, or a time in the past (leeway {} s)",
                self.auth.leeway()
            ),
            Step::Kind => {
                "no claim `events`: logout tokens and security events have one".to_owned()
            }
            Step::Introspection => "the answer `active`".to_owned(),
            Step::Payload
            | Step::Signature
            | Step::OtherClaims
            | Step::Revocation
            | Step::Binding => {
                return None;
            }
        })
    }

    /// The issuer that the token names, or the only one.
    fn issuer(&self) -> Option<&Issuer> {
        let issuers = &self.auth.verifier().issuers;
        let named = |issuer: &&Issuer| {
            let stated = self.stated.issuer_name.as_deref();
            issuer.names.iter().any(|name| Some(&**name) == stated)
        };
        issuers.iter().find(named).or(match &**issuers {
            [only] => Some(only),
            _ => None,
        })
    }

    fn algorithms(&self) -> String {
        let issuers = match self.issuer() {
            Some(issuer) => vec![issuer],
            None => self.auth.verifier().issuers.iter().collect(),
        };
        let mut names: Vec<String> = Vec::new();
        for issuer in issuers {
            let secret = issuer.secret.is_some().then(|| "HS256".to_owned());
            for name in issuer
                .algorithms
                .iter()
                .map(ToString::to_string)
                .chain(secret)
            {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names.join(", ")
    }

    fn keys(&self) -> String {
        let Some(issuer) = self.issuer() else {
            return "a key of the issuer".to_owned();
        };
        let current = issuer.keys.current();
        let kids: Vec<_> = match current.set() {
            Some(keys) => keys
                .kids()
                .map(|kid| kid.map_or_else(|| "(no kid)".into(), quoted))
                .collect(),
            None => Vec::new(),
        };
        if kids.is_empty() {
            "a key, and there is none".to_owned()
        } else {
            kids.join(", ")
        }
    }

    fn issuer_names(&self) -> Vec<&str> {
        let verifier = self.auth.verifier();
        if let (Some(issuer), Way::Introspected) = (&verifier.introspected, self.way) {
            return issuer.names.iter().map(String::as_str).collect();
        }
        let names = verifier.issuers.iter().flat_map(|issuer| &issuer.names);
        names.map(String::as_str).collect()
    }

    fn audiences(&self) -> Vec<&str> {
        let verifier = self.auth.verifier();
        let audiences = match (&verifier.introspected, self.way, self.issuer()) {
            (Some(issuer), Way::Introspected, _) => &issuer.audience,
            (_, _, Some(issuer)) => &issuer.audience,
            _ => return Vec::new(),
        };
        audiences.iter().map(String::as_str).collect()
    }
}

fn list(names: Vec<&str>) -> String {
    let names: Vec<_> = names.into_iter().map(|name| format!("{name:?}")).collect();
    if names.is_empty() {
        "any".to_owned()
    } else {
        names.join(" or ")
    }
}

/// What to change, if the token itself gives no hint.
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
        Failure::Inactive => "get a new token, or ask the issuer why it takes it for inactive",
        Failure::IntrospectionUnavailable { .. } => {
            "the log says why: check `introspection_endpoint`, `client_id` and the credential"
        }
        Failure::Revoked => "get a new token after a new login",
        Failure::StoreUnavailable { .. } => "check `store`, which the revocations come from",
    }
}
