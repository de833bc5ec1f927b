//! Defines a route and its policy, as the table shows them.

use std::borrow::Cow;
use std::fmt;

use rocket::Route;
use rocket::http::Method;
use serde::{Serialize, Serializer};

use super::registry::{self, Declared};
use crate::policy::Policy;

/// A route and its policy.
///
/// [Policies](crate::guide::policies#seeing-the-policies) shows a table of them.
#[derive(Clone, Debug)]
pub struct RoutePolicy {
    method: Method,
    uri: String,
    handler: Option<String>,
    rank: isize,
    format: Option<String>,
    policy: Option<Policy>,
    /// `true` if the policy is unknown because several handlers have this path.
    is_ambiguous: bool,
    has_sentinel: bool,
    /// The other routes that can match the same request.
    overlaps: Vec<String>,
}

/// The URIs of routes of other crates that the application declares public. It is managed state.
#[derive(Debug)]
pub(crate) struct PublicRoutes(pub(crate) Vec<String>);

impl PublicRoutes {
    fn has(&self, method: Method, uri: &String) -> bool {
        method == Method::Get && self.0.contains(uri)
    }
}

impl RoutePolicy {
    pub(super) fn new(route: &Route, public: Option<&PublicRoutes>) -> Self {
        let uri = route.uri.to_string();
        let (mut is_ambiguous, mut has_sentinel) = (false, false);
        let (handler, policy) = match registry::find(route) {
            Some(Declared::Policy {
                handler,
                policy,
                has_sentinel: has,
            }) => {
                has_sentinel = has;
                (Some(handler), Some(policy))
            }
            Some(Declared::Ambiguous) => {
                is_ambiguous = true;
                (route.name.clone(), None)
            }
            None => {
                let is_public = public.is_some_and(|public| public.has(route.method, &uri));
                (route.name.clone(), is_public.then_some(Policy::PUBLIC))
            }
        };
        Self {
            method: route.method,
            uri,
            handler: handler.map(Cow::into_owned),
            rank: route.rank,
            format: route.format.as_ref().map(ToString::to_string),
            policy,
            is_ambiguous,
            has_sentinel,
            overlaps: Vec::new(),
        }
    }

    pub(super) fn set_overlaps(&mut self, overlaps: Vec<String>) {
        self.overlaps = overlaps;
    }

    pub(crate) fn is_ambiguous(&self) -> bool {
        self.is_ambiguous
    }

    pub(crate) fn has_sentinel(&self) -> bool {
        self.has_sentinel
    }

    /// Returns the other routes of the table that can match the same request as this one, each as
    /// method, URI and rank. Rocket tries them in the order of their ranks, and continues with the
    /// next if one forwards the request.
    pub fn overlaps(&self) -> impl Iterator<Item = &str> {
        self.overlaps.iter().map(String::as_str)
    }

    /// Returns the rank by which Rocket orders routes that match the same request. The lowest comes
    /// first.
    pub fn rank(&self) -> isize {
        self.rank
    }

    pub(super) fn sort_key(&self) -> (&str, &str, isize, Option<&str>) {
        (
            &self.uri,
            self.method.as_str(),
            self.rank,
            self.format.as_deref(),
        )
    }

    /// Returns the method of the route.
    pub fn method(&self) -> Method {
        self.method
    }

    /// Returns the full URI of the route, as it is mounted.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Returns whether the route belongs to the console, which is not a part of the API.
    #[cfg(feature = "console")]
    pub(crate) fn is_of_console(&self) -> bool {
        self.handler()
            .is_some_and(|handler| handler.starts_with("auth_runtime::console::"))
    }

    /// Returns the full path of the handler. An undeclared route has the name that Rocket knows.
    pub fn handler(&self) -> Option<&str> {
        self.handler.as_deref()
    }

    /// Returns the media type that the route is restricted to.
    pub fn format(&self) -> Option<&str> {
        self.format.as_deref()
    }

    /// Returns the policy, if it is known.
    pub fn policy(&self) -> Option<Policy> {
        self.policy
    }

    /// Returns the policy in the words of the attributes, or `undeclared` if none is known.
    pub fn policy_text(&self) -> String {
        self.policy
            .map_or_else(|| "undeclared".to_owned(), |policy| policy.to_string())
    }
}

impl fmt::Display for RoutePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.uri)
    }
}

impl Serialize for RoutePolicy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Row<'a> {
            method: &'a str,
            uri: &'a str,
            handler: Option<&'a str>,
            format: Option<&'a str>,
            policy: Option<String>,
            overlaps: &'a [String],
        }
        let row = Row {
            method: self.method.as_str(),
            uri: &self.uri,
            handler: self.handler(),
            format: self.format(),
            policy: self.policy.map(|policy| policy.to_string()),
            overlaps: &self.overlaps,
        };
        row.serialize(serializer)
    }
}
