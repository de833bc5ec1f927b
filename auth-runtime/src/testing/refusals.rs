//! Every declared route of a Rocket, tried with everything that it must refuse.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use rocket::http::{Accept, ContentType, MediaType};
use rocket::local::asynchronous::Client;
use serde_json::{Map, Value};

use super::Bearer;
use super::grants::{Grants, PARAMETER, lacking_one};
use crate::auth::Auth;
use crate::issuer::LocalIssuer;
use crate::policy::{Answer, Denial, Facts, Policy, Requirement, Verdict};
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

/// Sends to every declared route that is not public no token, a malformed one, an expired one, one
/// for another audience, one with a wrong key, and for each requirement one that lacks just that.
/// Each must be refused with its documented status and code, so that the handler does not run.
///
/// The client's Rocket must accept the tokens of this issuer. What makes a
/// [`Rule`](crate::Rule) say no cannot be known from outside, and is not tried; nor are report-only
/// requirements. Where catchers of the application's own shape the replies, the status alone is
/// compared, unless they answer with a JSON object that has a `code`.
///
/// # Panics
/// If something is not refused as it should be: the message names every such route and token.
#[allow(clippy::panic)]
pub async fn assert_refusals(client: &Client, issuer: &LocalIssuer) {
    let Some(auth) = client.rocket().state::<Auth>() else {
        panic!("`Auth::fairing()` is not attached to the client's Rocket");
    };
    let mut wrong = Vec::new();
    for route in Policies::of(client.rocket()).iter() {
        let Some(policy) = route.policy().filter(|policy| !policy.is_public()) else {
            continue;
        };
        for attempt in attempts(auth, issuer, policy) {
            if let Err(got) = attempt.send(client, route).await {
                let Attempt { name, expected, .. } = attempt;
                let expected: Vec<_> = expected.iter().map(ToString::to_string).collect();
                let expected = expected.join(" or ");
                wrong.push(format!(
                    "{route} with {name}: expected {expected}, got {got}"
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

/// What must be refused by every route that asks for a token.
fn attempts(auth: &Auth, issuer: &LocalIssuer, policy: Policy) -> Vec<Attempt> {
    let malformed = auth.malformed_status();
    let token = || issuer.token();
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
    invalid
        .into_iter()
        .chain(insufficient(auth, issuer, policy))
        .collect()
}

/// For each requirement a valid token that lacks just that.
fn insufficient(auth: &Auth, issuer: &LocalIssuer, policy: Policy) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for (requirement, leaves) in lacking_one(policy) {
        let claims = Grants::meeting(leaves.into_iter(), now()).into_claims(auth.claim_names());
        // Whatever the application says of its own requirements, the token must be refused.
        let denials = [Answer::Yes, Answer::No].map(|rules| denial(auth, policy, &claims, rules));
        let [Some(yes), Some(no)] = denials else {
            continue;
        };
        let mut expected = vec![Expected::from(yes), Expected::from(no)];
        expected.dedup();
        let mut token = issuer.token();
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

/// How the policy denies these claims, if it does.
fn denial(
    auth: &Auth,
    policy: Policy,
    claims: &Map<String, Value>,
    rules: Answer,
) -> Option<Denial> {
    let mut claims = claims.clone();
    claims.entry("sub").or_insert_with(|| "local-user".into());
    let text = Value::Object(claims).to_string();
    let token = AccessToken::unchecked(text, auth.claim_names()).ok()?;
    match policy.evaluate(&token, &mut Assumed { auth, rules }) {
        Verdict::Denied(denial) => Some(denial),
        Verdict::Allowed | Verdict::Ask(_) | Verdict::Failed => None,
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
    auth: &'a Auth,
    /// What the application says of its own requirements.
    rules: Answer,
}

impl Facts for Assumed<'_> {
    fn parameter(&self, _: &str) -> Option<&str> {
        Some(PARAMETER)
    }

    #[allow(clippy::cast_precision_loss)]
    fn now(&self) -> f64 {
        now() as f64
    }

    fn leeway(&self) -> f64 {
        self.auth.leeway()
    }

    fn answer(&self, _: usize) -> Option<Answer> {
        Some(self.rules)
    }

    fn all_report_only(&self) -> bool {
        self.auth.is_report_only()
    }

    fn report(&mut self, _: &Requirement) {}
}

impl Attempt {
    /// # Errors
    /// The reply, if it is not the one expected.
    async fn send(&self, client: &Client, route: &RoutePolicy) -> Result<(), String> {
        let mut request = client.req(route.method(), uri(route.uri()));
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
fn uri(route: &str) -> String {
    let is_dynamic = |part: &&str| part.starts_with('<');
    let (path, query) = route.split_once('?').unwrap_or((route, ""));
    let path: Vec<&str> = path
        .split('/')
        .map(|part| if is_dynamic(&part) { PARAMETER } else { part })
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
        assert_eq!(
            uri("/a/<b>/c/<d..>?e=f&<g>&h"),
            "/a/auth-probe/c/auth-probe?e=f&h"
        );
        assert_eq!(uri("/?<a>"), "/");
    }
}
