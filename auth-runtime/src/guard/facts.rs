//! What policies ask of a Rocket request.

use std::time::UNIX_EPOCH;

use rocket::Request;

use crate::auth::Auth;
use crate::policy::{self, Answer, Policy, Requirement};

pub(super) struct Facts<'a, 'r> {
    request: &'a Request<'r>,
    auth: &'a Auth,
    /// What the application has answered, by the id of its requirement.
    answers: Vec<(usize, Answer)>,
    /// What was not met, and is report-only.
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

    /// Keeps an answer of the application. The policy is to be evaluated again.
    pub(super) fn answered(&mut self, id: usize, answer: Answer) {
        self.answers.push((id, answer));
        self.reports.clear();
    }

    /// Logs and counts what was not met. The request passes.
    pub(super) fn tell_reports(&self, policy: Policy) {
        for requirement in &self.reports {
            self.auth.count_report();
            log::warn!(
                "report only: {} {} does not meet {requirement} of {policy}, and passes",
                self.request.method(),
                self.request.uri().path(),
            );
        }
    }
}

impl policy::Facts for Facts<'_, '_> {
    /// The segment is found by its name in the route that the request matched, which need not be
    /// the route of the policy: another route's handler may ask for its guard.
    fn parameter(&self, name: &str) -> Option<&str> {
        let route = self.request.route()?.uri.path();
        let is_parameter = |segment: &str| {
            segment
                .strip_prefix('<')
                .and_then(|rest| rest.strip_suffix('>'))
                == Some(name)
        };
        // Both paths begin at the root: `Request::param` would count from the mount point.
        let index = route
            .split('/')
            .filter(|segment| !segment.is_empty())
            .position(is_parameter)?;
        self.request.uri().path().segments().get(index)
    }

    fn now(&self) -> f64 {
        // A clock before 1970 makes every login too old: it fails closed.
        let now = self.auth.clock().now().duration_since(UNIX_EPOCH);
        now.map_or(f64::INFINITY, |now| now.as_secs_f64())
    }

    fn leeway(&self) -> f64 {
        self.auth.leeway()
    }

    fn answer(&self, id: usize) -> Option<Answer> {
        self.answers
            .iter()
            .find(|(asked, _)| *asked == id)
            .map(|(_, answer)| *answer)
    }

    fn all_report_only(&self) -> bool {
        self.auth.is_report_only()
    }

    fn report(&mut self, requirement: &Requirement) {
        self.reports.push(*requirement);
    }
}
