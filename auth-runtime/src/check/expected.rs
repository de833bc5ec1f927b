//! What each check of a token compares the token with.

use super::step::{Step, Way};
use super::token::Checks;
use crate::token::quoted;
use crate::verify::Issuer;

impl Checks<'_> {
    /// What the token must have to pass the check.
    pub(super) fn expected(&self, step: Step) -> Option<String> {
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
    pub(super) fn issuer(&self) -> Option<&Issuer> {
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
