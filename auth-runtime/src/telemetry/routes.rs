//! Keeps the counters of each route. They are created once, when the final list of routes is known.

use std::sync::Arc;

use hashbrown::HashMap;

use super::catalogue::{DECISIONS, REPORTS};
use super::decision::DecisionOutcome;
use super::meter::{Counter, Labels};
use super::route_id::RouteId;

/// The mounted routes.
pub(super) struct RouteMeters {
    by_id: HashMap<RouteId, RouteMeter>,
    /// For guards that run outside of a route, such as in a fairing.
    outside: RouteMeter,
}

pub(super) struct RouteMeter {
    /// The method and the URI as mounted, such as `GET /api/me`.
    pub(super) name: Arc<str>,
    decisions: [Counter; DecisionOutcome::ALL.len()],
    reports: Counter,
}

impl RouteMeters {
    pub(super) fn new(routes: impl Iterator<Item = (RouteId, String)>) -> Self {
        Self {
            by_id: routes
                .map(|(id, name)| (id, RouteMeter::new(&name)))
                .collect(),
            outside: RouteMeter::new("none"),
        }
    }

    pub(super) fn get(&self, id: Option<RouteId>) -> &RouteMeter {
        let found = id.and_then(|id| self.by_id.get(&id));
        found.unwrap_or(&self.outside)
    }
}

impl RouteMeter {
    fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            decisions: Default::default(),
            reports: Counter::default(),
        }
    }

    #[inline]
    pub(super) fn decided(&self, outcome: DecisionOutcome) {
        if let Some(counter) = self.decisions.get(outcome as usize) {
            counter.increment(&DECISIONS, || {
                let [route] = self.labels();
                [route, ("outcome", outcome.name().to_owned())]
            });
        }
    }

    pub(super) fn reported(&self) {
        self.reports.increment(&REPORTS, || self.labels());
    }

    fn labels(&self) -> Labels<1> {
        [("route", self.name.to_string())]
    }
}
