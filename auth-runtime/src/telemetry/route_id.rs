//! Identifies the routes of an application.

use std::ptr;

use rocket::{Request, Route};

/// Identifies a mounted route by the address of Rocket's own value, which does not move after the launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RouteId(pub(crate) usize);

impl RouteId {
    pub(crate) fn for_route(route: &Route) -> Self {
        Self(ptr::from_ref(route).addr())
    }

    /// Returns the route that the request takes now. If that route forwards, it is another one later.
    pub(crate) fn for_request(request: &Request<'_>) -> Option<Self> {
        request.route().map(Self::for_route)
    }
}
