//! Describes what the page shows first: the routes, the callers, the issuers.

use std::hash::{DefaultHasher, Hash, Hasher};

use rocket::{Orbit, Rocket};
use serde::Serialize;

use super::callers::{self, User};
use crate::auth::Auth;
use crate::policy::Policy;
use crate::routes::{Policies, RoutePolicy};

#[derive(Debug, Serialize)]
pub(super) struct Overview {
    routes: Vec<RouteRow>,
    /// See [`fingerprint`].
    fingerprint: String,
    /// Routes that libraries mount, and those without a policy.
    others: Vec<OtherRow>,
    /// Those of the vocabularies and of the policies.
    scopes: Vec<String>,
    /// The issuers whose tokens are accepted.
    issuers: Vec<String>,
    /// Whether the console can make tokens.
    has_local_issuer: bool,
    users: Vec<User>,
}

/// A route as the page shows it.
#[derive(Debug, Hash, Serialize)]
struct RouteRow {
    method: &'static str,
    uri: String,
    format: Option<String>,
    policy: String,
    is_public: bool,
    /// The scopes that a token for this route needs.
    scopes: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
struct OtherRow {
    method: &'static str,
    uri: String,
    policy: String,
}

impl Overview {
    pub(super) fn new(rocket: &Rocket<Orbit>, auth: &Auth) -> Self {
        let policies = Policies::of(rocket);
        let scopes = policies.scopes();
        let status = auth.status();
        let issuers = status.iter().flat_map(|issuer| issuer.names().to_vec());
        Self {
            routes: routes(&policies).map(RouteRow::new).collect(),
            fingerprint: fingerprint(&policies),
            others: others(&policies).map(OtherRow::new).collect(),
            scopes: scopes.iter().map(|scope| scope.name().to_owned()).collect(),
            issuers: issuers.collect(),
            has_local_issuer: callers::has_local_issuer(rocket),
            users: callers::users(rocket),
        }
    }
}

/// The routes of the application: each has a handler and a policy.
pub(super) fn routes(policies: &Policies) -> impl Iterator<Item = &RoutePolicy> {
    policies.iter().filter(|route| is_of_application(route))
}

/// Identifies the routes with all that the page shows of them. By it a page that was loaded before a
/// restart notices that the verdicts are about other routes than its own.
pub(super) fn fingerprint(policies: &Policies) -> String {
    let mut hasher = DefaultHasher::new();
    for route in routes(policies) {
        RouteRow::new(route).hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

fn others(policies: &Policies) -> impl Iterator<Item = &RoutePolicy> {
    policies
        .iter()
        .filter(|route| !route.is_of_console() && !is_of_application(route))
}

fn is_of_application(route: &RoutePolicy) -> bool {
    let handler = handler(route);
    route.policy().is_some() && !handler.is_empty() && !handler.starts_with("auth_runtime::")
}

fn handler(route: &RoutePolicy) -> &str {
    route.handler().unwrap_or_default()
}

impl RouteRow {
    fn new(route: &RoutePolicy) -> Self {
        let policy = route.policy();
        Self {
            method: route.method().as_str(),
            uri: route.uri().to_owned(),
            format: route.format().map(str::to_owned),
            policy: route.policy_text(),
            is_public: policy.is_some_and(Policy::is_public),
            scopes: policy.map_or_else(Vec::new, Policy::scopes_to_request),
        }
    }
}

impl OtherRow {
    fn new(route: &RoutePolicy) -> Self {
        Self {
            method: route.method().as_str(),
            uri: route.uri().to_owned(),
            policy: route.policy_text(),
        }
    }
}
