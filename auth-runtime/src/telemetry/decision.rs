//! Defines a decision about a request, as observers see it.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::route_id::RouteId;
use crate::policy::{Policy, Requirement};

/// What the policy of a route decided about a request: see
/// [`AuthBuilder::on_decision`](crate::AuthBuilder::on_decision).
///
/// It does not contain anything from the token except the identifier of the client.
///
/// [Operating](crate::guide::operating#decisions) shows an observer.
#[derive(Clone, Debug)]
pub struct Decision {
    pub(super) route: Arc<str>,
    pub(super) policy: Policy,
    pub(super) requirement: Option<Requirement>,
    pub(super) outcome: DecisionOutcome,
    pub(super) code: Option<&'static str>,
    pub(super) client_id: Option<Box<str>>,
    pub(super) elapsed: Duration,
}

/// The outcome of a [`Decision`].
///
/// [Operating](crate::guide::operating#decisions) shows an audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DecisionOutcome {
    /// The request passes.
    Allowed,
    /// The request does not have a valid token.
    Unauthenticated,
    /// The token is valid, but does not meet the policy.
    Denied,
    /// The request passes although it does not meet a report-only requirement.
    Reported,
    /// The policy cannot be decided now: keys or the store are unavailable, or a rule failed.
    Failed,
}

/// A decision that was just made.
pub(crate) struct Decided<'a> {
    pub(crate) route: Option<RouteId>,
    pub(crate) policy: Policy,
    /// The first requirement that is not met.
    pub(crate) requirement: Option<Requirement>,
    pub(crate) outcome: DecisionOutcome,
    /// The code of the reply, if the request does not pass.
    pub(crate) code: Option<&'static str>,
    /// The client that a verified token names.
    pub(crate) client_id: Option<&'a str>,
    pub(crate) started: Option<Instant>,
}

impl Decided<'_> {
    /// Creates the decision that observers see, with the name of the route.
    pub(super) fn to_decision(&self, route: &Arc<str>) -> Decision {
        Decision {
            route: Arc::clone(route),
            policy: self.policy,
            requirement: self.requirement,
            outcome: self.outcome,
            code: self.code,
            client_id: self.client_id.map(Box::from),
            elapsed: self.started.map_or(Duration::ZERO, |start| start.elapsed()),
        }
    }
}

impl Decision {
    /// Returns the method and the URI of the route as it is mounted, such as `GET /api/me`.
    pub fn route(&self) -> &str {
        &self.route
    }

    /// Returns the policy that was checked.
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// Returns the requirement that decided, in the words of the attribute. It is the first one that
    /// the token does not meet.
    pub fn requirement(&self) -> Option<String> {
        self.requirement.as_ref().map(ToString::to_string)
    }

    /// Returns what was decided.
    pub fn outcome(&self) -> DecisionOutcome {
        self.outcome
    }

    /// Returns the `code` of the reply if the request does not pass.
    pub fn code(&self) -> Option<&'static str> {
        self.code
    }

    /// Returns the claim `client_id` of a verified token, or else `azp`.
    pub fn client_id(&self) -> Option<&str> {
        self.client_id.as_deref()
    }

    /// Returns the time from the beginning of the check to the decision. It includes the verification
    /// of the token, if this was the first check of the request.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}

impl DecisionOutcome {
    pub(super) const ALL: [Self; 5] = [
        Self::Allowed,
        Self::Unauthenticated,
        Self::Denied,
        Self::Reported,
        Self::Failed,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Unauthenticated => "unauthenticated",
            Self::Denied => "denied",
            Self::Reported => "reported",
            Self::Failed => "failed",
        }
    }

    /// Returns whether the request passes.
    pub fn passes(self) -> bool {
        matches!(self, Self::Allowed | Self::Reported)
    }
}

/// Writes its name in metrics and traces, such as `allowed`.
impl fmt::Display for DecisionOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
