//! Which policy a mounted route has. Rocket's `Route` has room for a name alone, so that `routes!`
//! makes the name the full path of the handler, and keeps the policy of that path here.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use rocket::Route;

use crate::policy::{Policy, Protected};

/// By the full path of the handler. What is kept is the same for all Rockets of a process: the
/// policy of a route is constant.
static DECLARED: RwLock<Option<HashMap<&'static str, Declared>>> = RwLock::new(None);

#[derive(Clone, Copy)]
enum Declared {
    Policy(Policy),
    /// Several handlers have this path, as in two blocks of one function, and differ.
    Ambiguous,
}

/// A route and what it asks of its caller.
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    path: &'static str,
    policy: Policy,
}

/// The bound makes a route that declares nothing a compile error.
pub fn declaration<R: Protected>() -> Declaration {
    Declaration {
        path: std::any::type_name::<R>(),
        policy: R::POLICY,
    }
}

/// Names the routes by the full paths of their handlers, and keeps their policies.
pub fn mounted(mut routes: Vec<Route>, declarations: &[Declaration]) -> Vec<Route> {
    let mut declared = DECLARED.write().unwrap_or_else(PoisonError::into_inner);
    let declared = declared.get_or_insert_default();
    for (route, declaration) in routes.iter_mut().zip(declarations) {
        route.name = Some(declaration.path.into());
        let new = Declared::Policy(declaration.policy);
        let kept = declared.entry(declaration.path).or_insert(new);
        let same = match kept {
            Declared::Policy(kept) => kept.to_string() == declaration.policy.to_string(),
            Declared::Ambiguous => false,
        };
        if !same {
            *kept = Declared::Ambiguous;
        }
    }
    routes
}

/// The policy of a route that was mounted by our `routes!`.
pub(super) fn policy_of(route: &Route) -> Option<Policy> {
    let declared = DECLARED.read().unwrap_or_else(PoisonError::into_inner);
    match declared.as_ref()?.get(route.name.as_deref()?)? {
        Declared::Policy(policy) => Some(*policy),
        Declared::Ambiguous => None,
    }
}
