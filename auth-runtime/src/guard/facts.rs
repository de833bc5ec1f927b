//! What policies ask of a Rocket request.

use std::borrow::Cow;
use std::time::{SystemTime, UNIX_EPOCH};

use rocket::Request;

use crate::fairing::Auth;
use crate::policy::{self, Policy, Requirement};

pub(super) struct Facts<'a, 'r> {
    pub(super) request: &'a Request<'r>,
    pub(super) auth: &'a Auth,
    pub(super) policy: Policy,
    /// What the application has answered, by the id of its requirement.
    pub(super) answers: Vec<(usize, bool)>,
}

impl policy::Facts for Facts<'_, '_> {
    /// The segment is found by its name in the route that the request matched, which need not be
    /// the route of the policy: another route's handler may ask for its guard.
    fn parameter(&self, name: &str) -> Option<Cow<'_, str>> {
        let path = self.request.route()?.uri.path();
        let is_parameter = |segment: &str| {
            segment
                .strip_prefix('<')
                .and_then(|rest| rest.strip_suffix('>'))
                == Some(name)
        };
        let index = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .position(is_parameter)?;
        self.request.param::<&str>(index)?.ok().map(Cow::Borrowed)
    }

    fn now(&self) -> f64 {
        // A clock before 1970 makes every login too old: it fails closed.
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        now.map_or(f64::INFINITY, |now| now.as_secs_f64())
    }

    fn leeway(&self) -> f64 {
        self.auth.leeway()
    }

    fn answer(&self, id: usize) -> Option<bool> {
        self.answers
            .iter()
            .find(|(asked, _)| *asked == id)
            .map(|(_, answer)| *answer)
    }

    fn all_report_only(&self) -> bool {
        self.auth.is_report_only()
    }

    fn report(&self, requirement: &Requirement) {
        self.auth.count_report();
        log::warn!(
            "report only: {} {} does not meet {requirement} of {}, and passes",
            self.request.method(),
            self.request.uri().path(),
            self.policy,
        );
    }
}
