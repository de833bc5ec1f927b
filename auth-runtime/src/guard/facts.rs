//! Provides the facts of a Rocket request that policies need.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::UNIX_EPOCH;

use rocket::Request;

use crate::auth::Auth;
use crate::policy::{self, Answer, Policy, Requirement};
use crate::telemetry::RouteId;

/// The facts of a request, and what the evaluation of one policy adds to them.
pub(super) struct RequestFacts<'a, 'r> {
    request: &'a Request<'r>,
    auth: &'a Auth,
    /// Whether a rule of the application was asked for this policy.
    has_asked: bool,
    /// The report-only requirements that are not met.
    reports: Vec<Requirement>,
}

impl<'a, 'r> RequestFacts<'a, 'r> {
    pub(super) fn new(request: &'a Request<'r>, auth: &'a Auth) -> Self {
        Self {
            request,
            auth,
            has_asked: false,
            reports: Vec::new(),
        }
    }

    /// Keeps the answer of a rule, after which the policy is evaluated again.
    pub(super) fn answered(&mut self, id: usize, answer: Answer) {
        let route = RouteId::for_request(self.request);
        self.known().answers.push((id, route, answer));
        self.has_asked = true;
        self.reports.clear();
    }

    /// Returns whether rules of the application were asked.
    pub(super) fn has_asked(&self) -> bool {
        self.has_asked
    }

    /// Logs and counts the report-only requirements that are not met. The request passes. Returns the
    /// first of them.
    pub(super) fn report_unmet(&self, policy: Policy) -> Option<Requirement> {
        for requirement in &self.reports {
            let report = (*requirement, RouteId::for_request(self.request));
            if self.known().reports.contains(&report) {
                continue;
            }
            self.known().reports.push(report);
            self.auth.count_report(report.1);
            log::warn!(
                "report only: {} {} does not meet {requirement} of {policy}, and passes",
                self.request.method(),
                self.request.uri().path(),
            );
        }
        self.reports.first().copied()
    }

    fn known(&self) -> MutexGuard<'_, KnownFacts> {
        let CachedFacts(known) = self.request.local_cache(CachedFacts::default);
        known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known about this request. The lock is held only to look up or to add a fact.
#[derive(Default)]
struct CachedFacts(Mutex<KnownFacts>);

/// A policy may be checked more than once, such as by a list of routes and by the handler itself. Each
/// check evaluates its own policy, but a rule is asked only once, and a report is logged only once. The
/// current route counts, because it changes if a route forwards, and the parameters with it.
#[derive(Default)]
struct KnownFacts {
    /// The answers of rules, by the place of the rule in the source code.
    answers: Vec<(usize, Option<RouteId>, Answer)>,
    reports: Vec<(Requirement, Option<RouteId>)>,
}

impl policy::Facts for RequestFacts<'_, '_> {
    /// Finds the segment by its name in the route that the request matched. That need not be the
    /// route of the policy, because a handler can take the guard of another route.
    fn parameter(&self, name: &str) -> Option<&str> {
        let route = self.request.route()?.uri.path();
        let is_parameter = |segment: &str| {
            segment
                .strip_prefix('<')
                .and_then(|rest| rest.strip_suffix('>'))
                == Some(name)
        };
        // Both paths are counted from the root, whereas `Request::param` counts from the mount point.
        let index = route
            .split('/')
            .filter(|segment| !segment.is_empty())
            .position(is_parameter)?;
        self.request.uri().path().segments().get(index)
    }

    fn now(&self) -> f64 {
        // If the clock is before 1970, every login counts as too old.
        let now = self.auth.clock().now().duration_since(UNIX_EPOCH);
        now.map_or(f64::INFINITY, |now| now.as_secs_f64())
    }

    fn leeway(&self) -> f64 {
        self.auth.leeway()
    }

    fn answer(&self, id: usize) -> Option<Answer> {
        let route = RouteId::for_request(self.request);
        let known = self.known();
        let mut answers = known.answers.iter();
        let (.., answer) = answers.find(|(rule, on, _)| (*rule, *on) == (id, route))?;
        Some(*answer)
    }

    fn all_report_only(&self) -> bool {
        self.auth.is_report_only()
    }

    fn report(&mut self, requirement: &Requirement) {
        self.reports.push(*requirement);
    }
}
