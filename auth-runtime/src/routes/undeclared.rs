//! Finds routes without a policy, and the reasons why they do not have one.

use std::fmt;

use rocket::http::Method;

use super::route_policy::RoutePolicy;
use super::table::Policies;

/// A route without a known policy.
#[derive(Debug)]
pub(crate) struct Undeclared {
    pub(crate) method: Method,
    pub(crate) uri: String,
    pub(crate) reason: UndeclaredReason,
    handler: Option<String>,
}

/// The reason why the policy of a route is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UndeclaredReason {
    /// The handler does not have one of our attributes, and was mounted by Rocket's `routes!`.
    MountedByRocket,
    /// The handler has one of our attributes, but was mounted by Rocket's `routes!`.
    Guarded,
    /// The route was not created from a handler, such as that of a `FileServer`.
    MountedByOthers,
    /// Several handlers have the same path, and their policies differ.
    Ambiguous,
}

impl Undeclared {
    /// Finds the routes without a policy. The guards are those that Rocket has found, by the full
    /// paths of their handlers.
    pub(crate) fn find(policies: &Policies, guarded: &[&str]) -> Vec<Self> {
        let routes = policies.undeclared();
        routes
            .map(|route| Self {
                method: route.method(),
                uri: route.uri().to_owned(),
                reason: reason(route, policies, guarded),
                handler: route.handler().map(str::to_owned),
            })
            .collect()
    }

    pub(crate) fn is_guarded(&self) -> bool {
        self.reason == UndeclaredReason::Guarded
    }
}

/// Determines the reason. Rocket's `routes!` names a route after the handler's function, so such a
/// route counts as guarded only if there is a guard for each route of this name.
fn reason(route: &RoutePolicy, policies: &Policies, guarded: &[&str]) -> UndeclaredReason {
    if route.is_ambiguous() {
        return UndeclaredReason::Ambiguous;
    }
    let Some(name) = route.handler().filter(|name| is_identifier(name)) else {
        return UndeclaredReason::MountedByOthers;
    };
    let is_declared = |path: &str| {
        policies
            .iter()
            .any(|route| route.policy().is_some() && route.handler() == Some(path))
    };
    let guards = guarded
        .iter()
        .filter(|path| path.rsplit("::").next() == Some(name) && !is_declared(path));
    let routes = policies
        .undeclared()
        .filter(|other| other.handler() == Some(name));
    if routes.count() <= guards.count() {
        UndeclaredReason::Guarded
    } else {
        UndeclaredReason::MountedByRocket
    }
}

fn is_identifier(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|character| character.is_alphanumeric() || character == '_')
}

impl fmt::Display for Undeclared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let handler = self.handler.as_deref().unwrap_or("unnamed");
        write!(f, "{} {} ({handler})", self.method, self.uri)
    }
}
