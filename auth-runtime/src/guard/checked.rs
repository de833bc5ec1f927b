//! Wraps route handlers in a check, for routes whose policy is declared where they are mounted.

use rocket::route::{self, Handler, Route};
use rocket::{Data, Request};

use super::decide::check;
use crate::policy::Policy;

/// Checks the policy before the handler and its guards run.
///
/// A wrapper does not have a sentinel, so a Rocket without [`Auth::fairing`](crate::Auth::fairing)
/// can launch with it. Such a Rocket answers 500.
#[derive(Clone)]
struct Checked {
    handler: Box<dyn Handler>,
    policy: Policy,
}

/// Puts the check of this policy before the route's handler.
pub(crate) fn wrap(route: &mut Route, policy: Policy) {
    if policy.is_public() {
        return;
    }
    route.handler = Box::new(Checked {
        handler: route.handler.clone(),
        policy,
    });
}

#[rocket::async_trait]
impl Handler for Checked {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> route::Outcome<'r> {
        match check(request, self.policy).await {
            Ok(()) => self.handler.handle(request, data).await,
            Err(error) => route::Outcome::Error(error.refuse(request).0),
        }
    }
}
