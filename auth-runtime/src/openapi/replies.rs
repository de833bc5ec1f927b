//! Describes the replies with which an operation refuses requests, with the schema of their body.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::error::{AuthError, AuthErrorKind};
use crate::policy::{Condition, PolicyText};
use crate::routes::RoutePolicy;

/// The name of the schema of the body.
pub(super) const BODY: &str = "AuthErrorBody";

/// How a route can refuse a request with a valid token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Denials {
    forbidden: bool,
    not_found: bool,
    rule_fails: bool,
}

impl Denials {
    fn for_policy(policy: &PolicyText) -> Self {
        match policy {
            PolicyText::Public => Self::default(),
            PolicyText::RefuseAll => Self {
                forbidden: true,
                ..Self::default()
            },
            PolicyText::Requires(conditions) => Self::for_all(conditions),
        }
    }

    fn for_all(conditions: &[Condition]) -> Self {
        conditions
            .iter()
            .map(Self::for_condition)
            .fold(Self::default(), Self::or)
    }

    fn for_condition(condition: &Condition) -> Self {
        let forbidden = Self {
            forbidden: true,
            ..Self::default()
        };
        match condition {
            Condition::Scope(_)
            | Condition::Permission(_)
            | Condition::Role(_)
            | Condition::Claim { .. }
            | Condition::Owner { .. } => forbidden,
            // These are answered with 401.
            Condition::MaxAge(_) | Condition::Acr(_) | Condition::SenderConstrained => {
                Self::default()
            }
            Condition::Rule(_) => Self {
                rule_fails: true,
                ..forbidden
            },
            Condition::Any(inner) => Self::for_all(inner).or(forbidden),
            Condition::All(inner) => Self::for_all(inner),
            Condition::NotFound(inner) => Self {
                forbidden: false,
                not_found: true,
                ..Self::for_all(inner)
            },
            Condition::ReportOnly(_) => Self::default(),
        }
    }

    fn or(self, other: Self) -> Self {
        Self {
            forbidden: self.forbidden || other.forbidden,
            not_found: self.not_found || other.not_found,
            rule_fails: self.rule_fails || other.rule_fails,
        }
    }
}

/// Returns the replies by which a route refuses, by their status.
pub(super) fn refusals(
    route: &RoutePolicy,
    malformed_status: u16,
    uses_dpop: bool,
) -> BTreeMap<u16, Value> {
    let Some(policy) = route.policy().filter(|policy| !policy.is_public()) else {
        return BTreeMap::new();
    };
    let denials = Denials::for_policy(&PolicyText::from(policy));
    let mut replies = BTreeMap::from([(401, unauthorized(uses_dpop)), (503, unavailable())]);
    if malformed_status != 401 {
        let description = "The token is malformed.";
        replies.insert(malformed_status, reply(description, &Map::new()));
    }
    if denials.forbidden {
        replies.insert(403, forbidden());
    }
    if denials.not_found {
        let description = "There is no such resource, or the caller may not know of it.";
        replies.insert(404, json!({ "description": description }));
    }
    if denials.rule_fails {
        let description = "A rule of the application failed to decide.";
        // No catcher of ours answers it, so that its body is up to the application.
        replies.insert(500, json!({ "description": description }));
    }
    replies
}

fn unauthorized(uses_dpop: bool) -> Value {
    let mut headers = challenge();
    if uses_dpop {
        let nonce = json!({
            "description": "The nonce for the next DPoP proof, if proofs need one.",
            "schema": { "type": "string" },
        });
        headers.insert("DPoP-Nonce".to_owned(), nonce);
    }
    reply(
        "There is no access token, or it is not valid for this request.",
        &headers,
    )
}

fn forbidden() -> Value {
    reply(
        "The access token is valid, but does not allow this request.",
        &challenge(),
    )
}

fn unavailable() -> Value {
    let retry_after = json!({
        "description": "The number of seconds after which a new attempt is worthwhile.",
        "required": true,
        "schema": { "type": "integer", "minimum": 1 },
    });
    reply(
        "The access token cannot be checked now.",
        &Map::from_iter([("Retry-After".to_owned(), retry_after)]),
    )
}

fn challenge() -> Map<String, Value> {
    let header = json!({
        "description": "Which credentials the request needs (RFC 6750 §3).",
        "required": true,
        "schema": { "type": "string" },
    });
    Map::from_iter([("WWW-Authenticate".to_owned(), header)])
}

/// Returns a reply with the body of this crate's catchers, and these headers.
fn reply(description: &str, headers: &Map<String, Value>) -> Value {
    json!({
        "description": description,
        "headers": headers,
        "content": {
            "application/json": {
                "schema": { "$ref": format!("#/components/schemas/{BODY}") },
            },
        },
    })
}

/// Returns the schema of the body of a refusal.
pub(super) fn body_schema() -> Value {
    let mut codes: Vec<&str> = Vec::new();
    for error in AuthErrorKind::ALL.iter().copied().map(AuthError::from) {
        let is_ours = matches!(error.status().code, 400 | 401 | 403 | 503);
        if is_ours && !codes.contains(&error.code()) {
            codes.push(error.code());
        }
    }
    json!({
        "type": "object",
        "description": "Why a request was refused.",
        "required": ["code", "description"],
        "properties": {
            "code": {
                "type": "string",
                "description": "The case. Published codes do not change, and new ones may be added.",
                "examples": codes,
            },
            "description": {
                "type": "string",
                "description": "A sentence for people.",
            },
        },
    })
}
