//! Finds likely causes of a refusal for developers. Only debug builds show them, and only in the log.
//! Values of the token are quoted as in a [`Failure`].

use super::failure::{Failure, InvalidClaim, Malformed, Unverified};
use super::jws::Jws;
use super::{IntrospectedIssuer, Issuer, MAX_TOKEN_BYTES, Verifier};
use crate::jwks::Algorithm;
use crate::token::{Claim, Document, Json, Object, Source, Text, quoted};

impl Verifier {
    /// Returns a sentence about the likely cause of this failure, if it says more than the failure
    /// itself.
    pub(crate) fn hint(&self, token: &str, unverified: &Unverified) -> Option<String> {
        let Unverified { failure, source } = unverified;
        match failure {
            Failure::Malformed(malformed) => {
                return stray_character(token).or_else(|| match malformed {
                    Malformed::NotThreeParts => parts(token),
                    _ => None,
                });
            }
            Failure::AlgorithmNotAccepted(algorithm) => return self.algorithm(*algorithm),
            Failure::KeysUnavailable { .. } => return self.last_errors(),
            Failure::Expired(seconds) => return Some(expired(*seconds)),
            Failure::InvalidClaim(InvalidClaim::NotYetValid(seconds)) => {
                return Some(not_yet_valid(*seconds));
            }
            _ => {}
        }
        if let (Some(issuer), Source::Introspected) = (&self.introspected, source) {
            return introspected(issuer, failure);
        }
        let payload = String::from_utf8(Jws::split(token, MAX_TOKEN_BYTES).ok()?.payload().ok()?);
        let payload = payload.ok()?;
        let claims = Document::parse(&payload).ok()?;
        let claims = claims.object();
        match failure {
            Failure::UnknownKey(_) => Some(self.stranger(claims).unwrap_or_else(|| self.kids())),
            Failure::Signature => self.stranger(claims),
            Failure::InvalidClaim(claim) => match claim {
                InvalidClaim::Issuer(_) => Some(self.issuer(claims.get("iss")?.as_str()?)),
                InvalidClaim::Audience(_)
                | InvalidClaim::Missing(Claim::Audience)
                | InvalidClaim::WrongType(Claim::Audience) => Some(self.audience(claims)),
                _ => None,
            },
            _ => None,
        }
    }

    fn algorithm(&self, algorithm: Algorithm) -> Option<String> {
        let mut accepted: Vec<_> = self
            .issuers
            .iter()
            .flat_map(|issuer| &issuer.algorithms)
            .collect();
        accepted.sort_by_key(|algorithm| format!("{algorithm:?}"));
        accepted.dedup();
        if accepted.contains(&&Algorithm::HS256) {
            return None;
        }
        let fix = if algorithm.is_asymmetric() {
            "if the issuer signs with it, name it in `algorithms`"
        } else {
            "HMAC is for a shared secret: have the issuer sign with a key pair"
        };
        Some(format!("accepted is {accepted:?}; {fix}"))
    }

    /// Returns a hint if the token names another issuer. Its claims are not verified, but they are
    /// good enough for a hint.
    fn stranger(&self, claims: Object<'_>) -> Option<String> {
        let claimed = claims.get("iss")?.as_str()?;
        let is_ours = self.names().any(|name| name == claimed);
        (!is_ours && self.names().next().is_some()).then(|| {
            let hint = self.issuer(claimed);
            format!("the token calls {} its issuer; {hint}", quoted(claimed))
        })
    }

    fn kids(&self) -> String {
        let mut kids = Vec::new();
        for issuer in &self.issuers {
            if let Some(keys) = issuer.keys.current().set() {
                kids.extend(keys.kids().map(|kid| kid.map_or("(none)".into(), quoted)));
            }
        }
        format!(
            "the known keys are {}; a token without a `kid` is accepted only if exactly one key fits",
            listed(&kids)
        )
    }

    fn last_errors(&self) -> Option<String> {
        let issuers = self.issuers.iter();
        let errors: Vec<_> = issuers
            .filter_map(|issuer| issuer.keys.health().error)
            .collect();
        (!errors.is_empty()).then(|| format!("the last fetch failed: {}", errors.join("; ")))
    }

    fn issuer(&self, claimed: &str) -> String {
        let names: Vec<_> = self.names().map(String::as_str).collect();
        expected("issuer", &names, &[claimed])
    }

    fn audience(&self, claims: Object<'_>) -> String {
        let claimed = claims.get("iss").and_then(Json::as_str);
        let may_issue = |issuer: &&Issuer| {
            issuer.names.is_empty() || issuer.names.iter().any(|name| Some(&**name) == claimed)
        };
        let own = self
            .issuers
            .iter()
            .filter(may_issue)
            .flat_map(|issuer| &issuer.audience);
        let own: Vec<_> = own.map(String::as_str).collect();
        let claimed: Vec<_> = match claims.get("aud") {
            Some(Json::String(audience)) => vec![audience.as_str()],
            Some(list) => {
                let list = list.as_strings().into_iter().flatten();
                list.map(Text::as_str).collect()
            }
            None => Vec::new(),
        };
        let hint = expected("audience", &own, &claimed);
        if is_id_token(claims, &claimed) {
            format!(
                "{hint}; this looks like an ID token, whose audience is a client id: send the \
                 access token"
            )
        } else if claims.get("token_use").and_then(Json::as_str) == Some("access") {
            format!("{hint}; Amazon Cognito's access tokens have no `aud` unless a trigger adds it")
        } else {
            hint
        }
    }

    fn names(&self) -> impl Iterator<Item = &String> {
        self.issuers.iter().flat_map(|issuer| &issuer.names)
    }
}

/// Returns a hint about a token that was introspected. The issuer's answer has its claims. What the token
/// itself says, and the keys of other issuers, do not matter.
fn introspected(issuer: &IntrospectedIssuer, failure: &Failure) -> Option<String> {
    let list = |names: &[String]| {
        let names: Vec<_> = names.iter().map(|name| quoted(name)).collect();
        listed(&names)
    };
    match failure {
        Failure::IntrospectionUnavailable { .. } => {
            let (_, error) = issuer.introspector.health().error?;
            Some(format!("the last request failed: {error}"))
        }
        Failure::InvalidClaim(InvalidClaim::Issuer(_)) => Some(format!(
            "the configured issuer is {}, and the endpoint answers for another one",
            list(&issuer.names)
        )),
        Failure::InvalidClaim(InvalidClaim::Audience(_)) => Some(format!(
            "the configured audience is {}",
            list(&issuer.audience)
        )),
        Failure::InvalidClaim(InvalidClaim::Missing(Claim::Audience)) => Some(
            "the endpoint's answer has no `aud`: have the issuer send it, or set \
             `introspection_audience = \"unchecked\"`"
                .to_owned(),
        ),
        _ => None,
    }
}

/// Returns a hint if the token contains a character that no access token contains (RFC 6750 §2.1).
fn stray_character(token: &str) -> Option<String> {
    let is_stray = |c: &char| !c.is_ascii_alphanumeric() && !"-._~+/=".contains(*c);
    let hint = match token.chars().find(is_stray)? {
        '"' | '\'' | '`' => "it is in quotes: send it without them".to_owned(),
        other => format!(
            "it contains {other:?}, which no token contains: is it a placeholder, or a variable that was \
             not replaced?"
        ),
    };
    Some(hint)
}

fn parts(token: &str) -> Option<String> {
    let hint = match token.split('.').count() {
        1 => {
            "it is opaque, and its issuer's keys cannot verify it: Auth0 issues such a token if the \
             request for it names no `audience`; if the issuer has an introspection endpoint, set \
             `introspection_endpoint`"
        }
        5 => "it is encrypted (JWE): configure the issuer to sign access tokens instead",
        _ => return None,
    };
    Some(hint.to_owned())
}

fn expired(seconds: f64) -> String {
    let ago = rounded(seconds);
    if seconds < 3600.0 {
        format!("it expired {ago} ago: is the clock right? `leeway` allows for a skew")
    } else {
        format!("it expired {ago} ago: the client has to get a new one")
    }
}

fn not_yet_valid(seconds: f64) -> String {
    let ahead = rounded(seconds);
    format!("it is valid in {ahead}: is the clock right? `leeway` allows for a skew")
}

/// Returns what was expected, and how the token differs from it if the difference is small.
fn expected(what: &str, own: &[&str], claimed: &[&str]) -> String {
    let quoted: Vec<_> = own.iter().map(|name| quoted(name)).collect();
    let hint = format!("the configured {what} is {}", listed(&quoted));
    let pairs = own
        .iter()
        .flat_map(|own| claimed.iter().map(move |claimed| (own, claimed)));
    match pairs
        .into_iter()
        .find_map(|(own, claimed)| difference(own, claimed))
    {
        Some(difference) => format!("{hint}: {}", difference.replace("{}", what)),
        None => hint,
    }
}

fn difference(own: &str, claimed: &str) -> Option<&'static str> {
    let without_scheme = |name: &str| name.split_once("://").map(|(_, rest)| rest.to_owned());
    if claimed.strip_suffix('/') == Some(own) {
        Some("the {} in the token ends with a slash, the configured one does not")
    } else if own.strip_suffix('/') == Some(claimed) {
        Some("the configured {} ends with a slash, the one in the token does not")
    } else if own.eq_ignore_ascii_case(claimed) {
        Some("the two differ in upper and lower case")
    } else if without_scheme(own).is_some_and(|rest| Some(rest) == without_scheme(claimed)) {
        Some("the two differ in `http` and `https`")
    } else {
        None
    }
}

/// Returns whether this looks like an ID token (OpenID Connect Core §2 and §3): it has claims that
/// only ID tokens have, or the client is its audience.
fn is_id_token(claims: Object<'_>, audiences: &[&str]) -> bool {
    let has = |name| claims.get(name).is_some();
    let client = claims.get("azp").and_then(Json::as_str);
    ["nonce", "at_hash", "c_hash"].into_iter().any(has)
        || matches!(audiences, [only] if client == Some(only))
}

fn listed(names: &[Box<str>]) -> String {
    const MAX_NAMES: usize = 10;
    let shown: Vec<_> = names.iter().take(MAX_NAMES).map(|name| &**name).collect();
    match (names.len(), names.len().saturating_sub(MAX_NAMES)) {
        (0, _) => "none".to_owned(),
        (_, 0) => shown.join(", "),
        (_, more) => format!("{} and {more} more", shown.join(", ")),
    }
}

fn rounded(seconds: f64) -> String {
    let (count, unit) = match seconds {
        s if s < 120.0 => (s, "s"),
        s if s < 7200.0 => (s / 60.0, "min"),
        s if s < 172_800.0 => (s / 3600.0, "h"),
        s => (s / 86_400.0, "days"),
    };
    format!("{count:.0} {unit}")
}

#[cfg(test)]
mod tests;
