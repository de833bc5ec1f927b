//! Sends to every declared route of a Rocket the requests that it must refuse.

use std::sync::Arc;

use rocket::http::{Accept, ContentType, Header, MediaType};
use rocket::local::asynchronous::{Client, LocalRequest};
use serde_json::Value;

use super::attempts::{Attempt, Credentials, Probe, SentProof};
use super::dpop::{authorization, proof_for};
use super::grants::segment;
use super::{BearerExt, DpopKey};
use crate::auth::Auth;
use crate::issuer::LocalIssuer;
use crate::routes::{Policies, RoutePolicy};

/// Sends every protected route the requests that it must refuse: no token, a malformed one, an
/// expired one, one for another audience, one with a wrong key, and for each requirement a token
/// that lacks only that. If `dpop` is on, it also sends bound tokens: as bearer tokens, without a
/// proof, with a proof that was used before, and with the proof of another key. Each must be refused
/// with its documented status and code, so that the handler does not run.
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
/// [Testing](crate::guide::testing#proof-by-refusal) shows how to use it.
///
/// # Panics
/// Panics if a request is not refused as documented. The message names every such route and token. Panics
/// also if `mtls` is `"require"`, because the requests have no client certificate.
#[expect(clippy::panic, reason = "an assertion for tests")]
pub async fn assert_refusals(client: &Client, issuer: &LocalIssuer) {
    let Some(auth) = client.rocket().state::<Auth>() else {
        panic!("`Auth::fairing()` is not attached to the client's Rocket");
    };
    check_certificates(auth);
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
            key: auth.is_dpop_on().then(|| Arc::new(DpopKey::generate())),
        };
        for attempt in probe.attempts() {
            if let Err(got) = attempt.send(client, auth, route, probe.segment).await {
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

/// Stops a test whose requests cannot be accepted.
pub(super) fn check_certificates(auth: &Auth) {
    assert!(
        !auth.requires_certificate(),
        "`mtls` is \"require\", and requests of Rocket's local client have no client certificate: set it \
         to \"allow\" in the test's configuration"
    );
}

impl Attempt {
    /// # Errors
    /// The reply, if it is not the one expected.
    async fn send(
        &self,
        client: &Client,
        auth: &Auth,
        route: &RoutePolicy,
        segment: &str,
    ) -> Result<(), String> {
        let mut request = client.req(route.method(), uri(route.uri(), segment));
        if let Some(media_type) = route.format().and_then(MediaType::parse_flexible) {
            request = request
                .header(ContentType(media_type.clone()))
                .header(Accept::from(media_type));
        }
        match &self.credentials {
            Credentials::None => {}
            Credentials::Bearer(token) => request = request.bearer(token),
            Credentials::Dpop(token, proof) => {
                request = request.header(authorization(token));
                if let Some(proof) = proof.sign(auth, &request, token).await {
                    request = request.header(Header::new("DPoP", proof));
                }
            }
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

impl SentProof {
    /// Returns the proof for this request, if there is one.
    async fn sign(&self, auth: &Auth, request: &LocalRequest<'_>, token: &str) -> Option<String> {
        let (Self::Right(key) | Self::Replayed(key)) = self else {
            return None;
        };
        let proof = proof_for(request.inner(), key, token);
        if let Self::Replayed(_) = self {
            auth.use_proof(&key.thumbprint_bytes(), proof.jti()).await;
        }
        Some(proof.sign())
    }
}

/// Returns a URI that matches the route: its static parts, and a value for each dynamic one.
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

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn a_uri_keeps_what_is_static() {
        assert_eq!(uri("/a/<b>/c/<d..>?e=f&<g>&h", "x"), "/a/x/c/x?e=f&h");
        assert_eq!(uri("/?<a>", "x"), "/");
    }
}
