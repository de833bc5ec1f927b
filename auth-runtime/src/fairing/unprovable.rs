//! Stops the launch if a route requires a bound token but bound tokens are not accepted. Nobody could call
//! such a route.

use rocket::{Phase, Rocket};

use crate::auth::Auth;
use crate::routes::Policies;

/// Returns whether there are such routes. Each of them is logged.
pub(super) fn denies<P: Phase>(rocket: &Rocket<P>) -> bool {
    if rocket
        .state::<Auth>()
        .is_none_or(Auth::accepts_bound_tokens)
    {
        return false;
    }
    let policies = Policies::of(rocket);
    for route in policies.sender_constrained() {
        log::error!("{route} requires a bound token (`sender_constrained`), and none is accepted:");
        log::error!(target: "_", "set `dpop` or `mtls` in the table `auth` to \"allow\" or \"require\"");
    }
    policies.sender_constrained().next().is_some()
}
