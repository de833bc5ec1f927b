//! Keeps the policies of mounted routes.
//!
//! Rocket's `Route` can only carry a name. Therefore each route that we mount gets a name that
//! identifies its policy, and this registry keeps the policy of that name.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use rocket::Route;

use crate::policy::Policy;

/// The registered names. They are the same for all Rockets of a process.
static DECLARED: RwLock<Option<HashMap<String, Declared>>> = RwLock::new(None);

/// The registered policy of a route.
#[derive(Clone, Debug)]
pub(super) enum Declared {
    Policy {
        /// The handler in the table: the name without the part that makes it unique.
        handler: Cow<'static, str>,
        policy: Policy,
        /// `true` if the handler has the guard of an attribute, which is a sentinel.
        has_sentinel: bool,
    },
    /// Several handlers have this name, such as those in two blocks of one function, and their
    /// policies differ.
    Ambiguous,
}

/// Names the route, and registers its policy under this name.
pub(super) fn declare(
    route: &mut Route,
    name: Cow<'static, str>,
    handler: Cow<'static, str>,
    policy: Policy,
    has_sentinel: bool,
) {
    let mut declared = DECLARED.write().unwrap_or_else(PoisonError::into_inner);
    let declared = declared.get_or_insert_default();
    let new = Declared::Policy {
        handler,
        policy,
        has_sentinel,
    };
    let known = declared.entry(name.to_string()).or_insert(new);
    if matches!(known, Declared::Policy { policy: known, .. } if *known != policy) {
        *known = Declared::Ambiguous;
    }
    route.name = Some(name);
}

/// Returns the registered policy of this route, or `None` if this crate did not mount it.
pub(super) fn find(route: &Route) -> Option<Declared> {
    let declared = DECLARED.read().unwrap_or_else(PoisonError::into_inner);
    declared.as_ref()?.get(route.name.as_deref()?).cloned()
}
