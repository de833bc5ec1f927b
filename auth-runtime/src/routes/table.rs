//! Defines the table of routes and policies.

use std::borrow::Cow;
use std::fmt;

use rocket::http::Method;
use rocket::{Phase, Rocket, Route};
use serde::{Serialize, Serializer};

use super::overlap;
use super::registry::{self, Declared};
use super::scopes::Vocabularies;
#[cfg(feature = "openapi")]
use crate::auth::AcceptedTokens;
#[cfg(any(feature = "check", feature = "openapi"))]
use crate::auth::Auth;
use crate::policy::Policy;

/// The policies of all routes of a Rocket, sorted by path and method.
///
/// ```
/// use auth_runtime::{Policies, public, routes};
/// use rocket::get;
///
/// #[public]
/// #[get("/ping")]
/// fn ping() {}
///
/// # fn main() {
/// let rocket = rocket::build().mount("/api", routes![ping]);
/// let table = Policies::of(&rocket);
/// let route = table.iter().next().expect("one route is mounted");
/// assert_eq!((route.uri(), route.policy_text().as_str()), ("/api/ping", "public"));
/// assert_eq!(table.undeclared().count(), 0);
/// # }
/// ```
///
/// It serialises as a list of objects with `method`, `uri`, `handler`, `format` and `policy`. The
/// policy is `null` if it is not known.
///
/// [Seeing the policies](crate::guide::policies#seeing-the-policies) shows the table in the launch
/// log.
#[derive(Clone, Debug)]
pub struct Policies {
    routes: Vec<RoutePolicy>,
    vocabularies: Vocabularies,
    /// Which tokens the Rocket accepts; `None` before [`Auth::fairing`](crate::Auth::fairing) has run.
    #[cfg(feature = "openapi")]
    accepted: Option<AcceptedTokens>,
    /// The accepted audiences, if they are known.
    #[cfg(feature = "check")]
    audiences: Vec<String>,
}

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

/// The name of the routes by which this crate enforces policies. They are not in the table.
pub(crate) const INTERNAL: &str = "auth_runtime::internal";

impl Policies {
    /// Returns the table of this Rocket as it is now. Routes that are mounted later are not in it.
    pub fn of<P: Phase>(rocket: &Rocket<P>) -> Self {
        let public = rocket.state::<PublicRoutes>();
        let mut routes: Vec<RoutePolicy> = rocket
            .routes()
            .filter(|route| route.name.as_deref() != Some(INTERNAL))
            .map(|route| RoutePolicy::new(route, public))
            .collect();
        routes.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
        overlap::mark(&mut routes);
        Self {
            routes,
            vocabularies: rocket.state().cloned().unwrap_or_default(),
            #[cfg(feature = "openapi")]
            accepted: rocket.state::<Auth>().map(Auth::accepted_tokens),
            #[cfg(feature = "check")]
            audiences: rocket
                .state::<Auth>()
                .map(Auth::audiences)
                .unwrap_or_default(),
        }
    }

    #[cfg(feature = "openapi")]
    pub(crate) fn accepted(&self) -> Option<&AcceptedTokens> {
        self.accepted.as_ref()
    }

    /// Returns the routes, by path and method.
    pub fn iter(&self) -> impl Iterator<Item = &RoutePolicy> {
        self.routes.iter()
    }

    #[cfg(feature = "check")]
    pub(crate) fn audiences(&self) -> &[String] {
        &self.audiences
    }

    pub(super) fn vocabularies(&self) -> &Vocabularies {
        &self.vocabularies
    }

    /// Returns the routes that only a bound token can call.
    pub(crate) fn sender_constrained(&self) -> impl Iterator<Item = &RoutePolicy> {
        self.iter()
            .filter(|route| route.policy.is_some_and(Policy::requires_bound_token))
    }

    /// Returns the routes whose policy is not known, because neither [`routes!`](crate::routes) nor
    /// [`protect!`](crate::protect) mounted them: those of Rocket's own `routes!`, of a `FileServer`,
    /// and of other fairings.
    pub fn undeclared(&self) -> impl Iterator<Item = &RoutePolicy> {
        self.iter().filter(|route| route.policy.is_none())
    }
}

/// The URIs of routes of other crates that the application declares public. It is managed state.
#[derive(Debug)]
pub(crate) struct PublicRoutes(pub(crate) Vec<String>);

impl PublicRoutes {
    fn has(&self, method: Method, uri: &String) -> bool {
        method == Method::Get && self.0.contains(uri)
    }

    /// Returns the URIs that no route of the table has.
    pub(crate) fn unknown<'a>(&'a self, policies: &'a Policies) -> impl Iterator<Item = &'a str> {
        let uris = self.0.iter().map(String::as_str);
        let is_get = |route: &&RoutePolicy| route.method == Method::Get;
        uris.filter(move |uri| {
            !policies
                .iter()
                .filter(is_get)
                .any(|route| route.uri == *uri)
        })
    }
}

impl RoutePolicy {
    fn new(route: &Route, public: Option<&PublicRoutes>) -> Self {
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

    /// Returns whether one request can match both routes.
    #[cfg(feature = "testing")]
    pub(crate) fn overlaps_with(&self, other: &Self) -> bool {
        overlap::is_overlap(self, other)
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

    fn sort_key(&self) -> (&str, &str, isize, Option<&str>) {
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

impl Serialize for Policies {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.routes)
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

/// Logs the table at launch, in Rocket's style.
pub(crate) fn log_table(policies: &Policies) {
    log::info!("Policies:");
    for route in policies.iter() {
        let handler = route.handler().unwrap_or("unnamed");
        log::info!(target: "_", "{route} ({handler}): {}", route.policy_text());
        for other in route.overlaps() {
            log::info!(target: "_", "    may match the same requests as {other}");
        }
    }
}
