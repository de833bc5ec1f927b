//! Provides the facts of a Rocket request that policies need.

use std::time::UNIX_EPOCH;

use rocket::Request;

use super::decide::route_id;
use crate::auth::Auth;
use crate::policy::{self, Answer, Policy, Requirement};

pub(super) struct Facts<'a, 'r> {
    request: &'a Request<'r>,
    auth: &'a Auth,
    /// The answers of rules, by the id of the rule.
    answers: Vec<(usize, Answer)>,
    /// The report-only requirements that are not met.
    reports: Vec<Requirement>,
}

impl<'a, 'r> Facts<'a, 'r> {
    pub(super) fn new(request: &'a Request<'r>, auth: &'a Auth) -> Self {
        Self {
            request,
            auth,
            answers: Vec::new(),
            reports: Vec::new(),
        }
    }

    /// Keeps the answer of a rule, after which the policy is evaluated again.
    pub(super) fn answered(&mut self, id: usize, answer: Answer) {
        self.answers.push((id, answer));
        self.reports.clear();
    }

    /// Returns whether rules of the application were asked.
    pub(super) fn has_answers(&self) -> bool {
        !self.answers.is_empty()
    }

    /// Logs and counts the report-only requirements that are not met. The request passes. Returns the
    /// first of them.
    pub(super) fn report_unmet(&self, policy: Policy) -> Option<Requirement> {
        for requirement in &self.reports {
            self.auth.count_report(route_id(self.request));
            log::warn!(
                "report only: {} {} does not meet {requirement} of {policy}, and passes",
                self.request.method(),
                self.request.uri().path(),
            );
        }
        self.reports.first().copied()
    }
}

impl policy::Facts for Facts<'_, '_> {
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
        self.answers
            .iter()
            .find(|(rule, _)| *rule == id)
            .map(|(_, answer)| *answer)
    }

    fn all_report_only(&self) -> bool {
        self.auth.is_report_only()
    }

    fn report(&mut self, requirement: &Requirement) {
        self.reports.push(*requirement);
    }
}
