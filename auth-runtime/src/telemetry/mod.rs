//! Shows tokens and decisions to operators in addition to the log: with metrics, traces, and the
//! functions of the application that observe decisions. The modules that call this one do not know
//! who observes.
//!
//! - [`Telemetry`] belongs to an [`Auth`](crate::Auth), and records what happens to requests.
//! - The meters of `issuers.rs` and `state.rs` belong to the parts that they measure.

mod catalogue;
mod decision;
mod issuers;
mod meter;
mod observers;
mod route_id;
mod routes;
mod sampler;
mod shadow;
mod state;
mod tokens;
mod trace;

use std::fmt;
use std::io;
use std::sync::OnceLock;
use std::time::Instant;

pub(crate) use self::decision::Decided;
pub use self::decision::{Decision, DecisionOutcome};
pub(crate) use self::issuers::{IntrospectionMeter, IntrospectionOutcome, KeyMeter};
pub(crate) use self::meter::Stopwatch;
pub(crate) use self::observers::Observers;
use self::observers::Queue;
pub(crate) use self::route_id::RouteId;
use self::routes::{RouteMeter, RouteMeters};
pub(crate) use self::sampler::sample;
pub use self::shadow::ShadowCount;
pub(crate) use self::shadow::ShadowTally;
pub(crate) use self::state::{StateMeter, StoreMeter};
pub(crate) use self::tokens::ProofOutcome;
use self::tokens::TokenMeter;
pub(crate) use self::trace::VerifySpan;
use crate::error::AuthError;
use crate::token::Source;

/// Records what happens to the requests of an application.
pub(crate) struct Telemetry {
    tokens: TokenMeter,
    /// Set once Rocket has launched.
    routes: OnceLock<RouteMeters>,
    observers: Option<Queue>,
}

impl Telemetry {
    /// Describes the metrics, and starts the thread for the observers.
    ///
    /// # Errors
    /// Fails if the system does not start the thread.
    pub(crate) fn new(observers: Observers) -> io::Result<Self> {
        meter::describe();
        Ok(Self {
            tokens: TokenMeter::new(),
            routes: OnceLock::new(),
            observers: observers.start()?,
        })
    }

    /// Takes the final list of routes, each with its method and URI as mounted.
    pub(crate) fn launched(&self, routes: impl Iterator<Item = (RouteId, String)>) {
        let names_routes = cfg!(any(feature = "metrics", feature = "tracing"));
        if !names_routes && self.observers.is_none() {
            return;
        }
        // There is only one launch.
        let _ = self.routes.set(RouteMeters::new(routes));
    }

    /// Returns the span of the verification of a token for this route.
    #[inline]
    pub(crate) fn verify_span(&self, route: Option<RouteId>) -> VerifySpan {
        let route = if cfg!(feature = "tracing") {
            self.route(route)
        } else {
            None
        };
        VerifySpan::new(route.map_or("none", |route| &route.name))
    }

    /// Records that a token was verified or refused, and how long that took.
    #[inline]
    pub(crate) fn verified(&self, stopwatch: Stopwatch) {
        self.tokens.verified(stopwatch);
    }

    /// Records the end of all checks of a token that do not depend on the route.
    #[inline]
    pub(crate) fn token_checked(&self, error: Option<&AuthError>, source: Source) {
        match error {
            None => self.tokens.accepted(source),
            Some(error) => self.tokens.refused(error, source),
        }
    }

    /// Records that a token was refused, and is not checked any further.
    pub(crate) fn token_refused(&self, error: &AuthError, source: Source) {
        self.tokens.refused(error, source);
    }

    /// Makes the counters of DPoP proofs visible.
    pub(crate) fn expect_proofs(&self) {
        self.tokens.register_proofs();
    }

    pub(crate) fn proof(&self, outcome: ProofOutcome) {
        self.tokens.proof(outcome);
    }

    /// Returns whether there are observers, which need more of a decision than its outcome.
    #[inline]
    pub(crate) fn is_observed(&self) -> bool {
        self.observers.is_some() || trace::is_on()
    }

    /// Returns the time at which the check of a policy begins, if its duration is needed.
    #[inline]
    pub(crate) fn decision_started(&self) -> Option<Instant> {
        self.is_observed().then(Instant::now)
    }

    /// Records the decision of a route's policy.
    #[inline]
    pub(crate) fn decided(&self, decided: &Decided<'_>) {
        if let Some(route) = self.route(decided.route) {
            route.decided(decided.outcome);
            trace::decided(decided, &route.name);
            if let Some(observers) = &self.observers {
                observers.send(decided.to_decision(&route.name));
            }
        }
    }

    /// Records a report-only requirement that is not met.
    pub(crate) fn reported(&self, route: Option<RouteId>) {
        if let Some(route) = self.route(route) {
            route.reported();
        }
    }

    fn route(&self, id: Option<RouteId>) -> Option<&RouteMeter> {
        self.routes.get().map(|routes| routes.get(id))
    }
}

impl fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telemetry").finish_non_exhaustive()
    }
}
