//! Mounts routes with their policies. `routes!` and `protect!` expand to calls of these functions.

use std::any::type_name;
use std::borrow::Cow;

use rocket::Route;

use super::registry::{self, Declared};
use crate::guard;
use crate::policy::{Policy, Protected, Requirement};

/// A route of `routes!` and its own policy.
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// Returns the path of the handler. `type_name` is not `const`.
    path: fn() -> &'static str,
    policy: Policy,
}

/// Returns the policy of a route. The bound makes a route without a policy a compile error.
pub const fn declaration<R: Protected>() -> Declaration {
    Declaration {
        path: type_name::<R>,
        policy: R::POLICY,
    }
}

/// Returns the policy of a route in a list with requirements.
///
/// # Panics
///
/// Panics if the route is public. The expansion of `routes!` calls it in a constant, so that the program does
/// not compile.
#[track_caller]
pub const fn listed<R: Protected>() -> Declaration {
    assert!(
        !R::POLICY.is_public(),
        "a `#[public]` route cannot be in a list with requirements; mount it in another list"
    );
    declaration::<R>()
}

/// Registers the policies of these routes: `routes![a, b]`.
pub fn mounted(mut routes: Vec<Route>, declarations: &[Declaration]) -> Vec<Route> {
    for (route, declaration) in routes.iter_mut().zip(declarations) {
        let path = Cow::Borrowed((declaration.path)());
        let policy = declaration.policy;
        registry::declare(route, path.clone(), path, policy, !policy.is_public());
    }
    routes
}

/// Registers a route of this crate as public. The table shows the name as the handler.
pub(crate) fn declare_public(route: &mut Route, name: &'static str) {
    let unique = format!("auth_runtime::{name}");
    registry::declare(route, unique.into(), name.into(), Policy::PUBLIC, false);
}

/// Registers the policies of a list with requirements: `routes![ #![requires_role("admin")] a, b ]`.
/// They are checked before the requirements and the guards of each route.
pub fn mounted_under(
    mut routes: Vec<Route>,
    declarations: &[Declaration],
    requirements: &'static [Requirement],
) -> Vec<Route> {
    let list = Policy::requires(requirements);
    for (route, declaration) in routes.iter_mut().zip(declarations) {
        let policy = declaration.policy.with_requirements_before(requirements);
        guard::wrap(route, policy);
        let path = (declaration.path)();
        let name = format!("{path} + {list}");
        let has_sentinel = !declaration.policy.is_public();
        registry::declare(route, name.into(), path.into(), policy, has_sentinel);
    }
    routes
}

/// Gives a policy to routes of other crates: `protect![ #![requires_auth] FileServer::from("…") ]`. A
/// route that already has a policy keeps it, with these requirements before its own.
pub fn protect(routes: impl Into<Vec<Route>>, policy: Policy) -> Vec<Route> {
    let mut routes: Vec<Route> = routes.into();
    for route in &mut routes {
        let (handler, policy, has_sentinel) = match registry::find(route) {
            // The route already has a policy, and `public` does not add anything.
            Some(Declared::Policy { .. }) if policy.is_public() => continue,
            Some(Declared::Policy {
                handler,
                policy: own,
                has_sentinel,
            }) => {
                let combined = own.with_requirements_before(policy.requirements());
                (handler, combined, has_sentinel)
            }
            Some(Declared::Ambiguous) | None => {
                let name = route.name.clone().unwrap_or("unnamed".into());
                (name, policy, false)
            }
        };
        guard::wrap(route, policy);
        let name = format!("{handler} + {policy}");
        registry::declare(route, name.into(), handler, policy, has_sentinel);
    }
    routes
}
