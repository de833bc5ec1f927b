//! Every declared route of a Rocket, tried with everything that it must refuse.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use rocket::http::{Accept, ContentType, MediaType};
use rocket::local::asynchronous::Client;
use serde_json::{Map, Value};

use super::BearerExt;
use super::grants::{Grants, lacking_one, segment};
use crate::auth::Auth;
use crate::issuer::LocalIssuer;
use crate::policy::{Answer, Denial, Facts, Leaf, Policy, Requirement, Verdict};
use crate::routes::{Policies, RoutePolicy};
use crate::token::AccessToken;

/// A request that must be refused.
struct Attempt {
    name: String,
    token: Option<String>,
    /// The reply; of several, one.
    expected: Vec<Expected>,
}

/// A reply that a refusal must have.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Expected {
    status: u16,
    code: &'static str,
}

/// Sends every protected route the requests that it must refuse: no token, a malformed one, an
/// expired one, one for another audience, one with a wrong key, and for each requirement a token
/// that lacks only that. Each must be refused with its documented status and code, so that the
/// handler does not run.
///
/// The client's Rocket must accept the tokens of this issuer. The proof does not know what makes a
/// [`Rule`](crate::Rule) refuse, so that it does not try rules. It does not try report-only
/// requirements either. If catchers of the application shape the replies, only the status is
/// compared, unless they answer with a JSON object that has a `code`.
///
/// If several routes can match one request, Rocket tries them by rank. The tokens for a route then
/// also meet the policies of the routes before it, so that the request reaches it. A route that is
/// shadowed by one with another policy fails the proof by name.
///
/// # Panics
/// If a request is not refused as documented. The message names every such route and token.
#[expect(clippy::panic, reason = "an assertion for tests")]
pub async fn assert_refusals(client: &Client, issuer: &LocalIssuer) {
    let Some(auth) = client.rocket().state::<Auth>() else {
        panic!("`Auth::fairing()` is not attached to the client's Rocket");
    };
    let policies = Policies::of(client.rocket());
    let mut wrong = Vec::new();
    for route in policies.iter() {
        let Some(policy) = route.policy().filter(|policy| !policy.is_public()) else {
            continue;
        };
        let before: Vec<&RoutePolicy> = policies
            .iter()
            .filter(|other| other.rank() < route.rank() && other.overlaps_with(route))
            .collect();
        let probe = Probe {
            auth,
            issuer,
            policy,
            before: before.iter().filter_map(|other| other.policy()).collect(),
            segment: segment(policy),
        };
        for attempt in probe.attempts() {
            if let Err(got) = attempt.send(client, route, probe.segment).await {
                let Attempt { name, expected, .. } = attempt;
                let expected: Vec<_> = expected.iter().map(ToString::to_string).collect();
                let expected = expected.join(" or ");
                let before = before.iter().map(|other| {
                    let rank = other.rank();
                    format!("; {other} (rank {rank}) comes before it")
                });
                let before: Vec<_> = before.collect();
                let before = before.concat();
                wrong.push(format!(
                    "{route} with {name}: expected {expected}, got {got}{before}"
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "not refused as documented:\n{}",
        wrong.join("\n")
    );
}

/// One route and what its requests depend on.
struct Probe<'a> {
    auth: &'a Auth,
    issuer: &'a LocalIssuer,
    policy: Policy,
    /// The policies of the routes that Rocket tries before this one.
    before: Vec<Policy>,
    /// The value of every dynamic segment.
    segment: &'static str,
}

impl Probe<'_> {
    /// Makes the requests that the route must refuse.
    fn attempts(&self) -> Vec<Attempt> {
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

    /// How the first route that denies these claims does so.
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
    /// What the application says of its own requirements.
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

impl Attempt {
    /// # Errors
    /// The reply, if it is not the one expected.
    async fn send(
        &self,
        client: &Client,
        route: &RoutePolicy,
        segment: &str,
    ) -> Result<(), String> {
        let mut request = client.req(route.method(), uri(route.uri(), segment));
        if let Some(media_type) = route.format().and_then(MediaType::parse_flexible) {
            request = request
                .header(ContentType(media_type.clone()))
                .header(Accept::from(media_type));
        }
        if let Some(token) = &self.token {
            request = request.bearer(token);
        }
        let response = request.dispatch().await;
        let status = response.status().code;
        let body = response.into_string().await.unwrap_or_default();
        let code = serde_json::from_str::<Value>(&body)
            .ok()
            .and_then(|body| Some(body.get("code")?.as_str()?.to_owned()));
        let is_expected = self.expected.iter().any(|expected| {
            // An ordinary 404 says nothing of why.
            let code = code.as_deref().filter(|_| status != 404);
            status == expected.status && code.is_none_or(|code| code == expected.code)
        });
        match (is_expected, code) {
            (true, _) => Ok(()),
            (false, Some(code)) => Err(format!("{status} {code}")),
            (false, None) => Err(status.to_string()),
        }
    }
}

/// A URI that matches the route: its static parts, and something for each dynamic one.
fn uri(route: &str, segment: &str) -> String {
    let is_dynamic = |part: &&str| part.starts_with('<');
    let (path, query) = route.split_once('?').unwrap_or((route, ""));
    let path: Vec<&str> = path
        .split('/')
        .map(|part| if is_dynamic(&part) { segment } else { part })
        .collect();
    let query: Vec<&str> = query
        .split('&')
        .filter(|part| !part.is_empty() && !is_dynamic(part))
        .collect();
    if query.is_empty() {
        path.join("/")
    } else {
        format!("{}?{}", path.join("/"), query.join("&"))
    }
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |now| now.as_secs())
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn a_uri_keeps_what_is_static() {
        assert_eq!(uri("/a/<b>/c/<d..>?e=f&<g>&h", "x"), "/a/x/c/x?e=f&h");
        assert_eq!(uri("/?<a>", "x"), "/");
    }
}
