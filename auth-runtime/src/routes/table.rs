//! Defines the table of routes and policies.

use rocket::http::Method;
use rocket::{Phase, Rocket};
use serde::{Serialize, Serializer};

use super::overlap;
use super::route_policy::{PublicRoutes, RoutePolicy};
#[cfg(feature = "openapi")]
use crate::auth::AcceptedTokens;
#[cfg(any(feature = "check", feature = "openapi"))]
use crate::auth::Auth;
use crate::policy::{Policy, ScopeVocabulary};

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

/// The declared vocabularies, in managed state.
#[derive(Clone, Debug, Default)]
pub(crate) struct Vocabularies(pub(crate) Vec<ScopeVocabulary>);

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
            .filter(|route| route.policy().is_some_and(Policy::requires_bound_token))
    }

    /// Returns the routes whose policy is not known, because neither [`routes!`](crate::routes) nor
    /// [`protect!`](crate::protect) mounted them: those of Rocket's own `routes!`, of a `FileServer`,
    /// and of other fairings.
    pub fn undeclared(&self) -> impl Iterator<Item = &RoutePolicy> {
        self.iter().filter(|route| route.policy().is_none())
    }
}

impl PublicRoutes {
    /// Returns the URIs that no route of the table has.
    pub(crate) fn unknown<'a>(&'a self, policies: &'a Policies) -> impl Iterator<Item = &'a str> {
        let uris = self.0.iter().map(String::as_str);
        let is_get = |route: &&RoutePolicy| route.method() == Method::Get;
        uris.filter(move |uri| {
            !policies
                .iter()
                .filter(is_get)
                .any(|route| route.uri() == *uri)
        })
    }
}

#[cfg(feature = "testing")]
impl RoutePolicy {
    /// Returns whether one request can match both routes.
    pub(crate) fn overlaps_with(&self, other: &Self) -> bool {
        overlap::is_overlap(self, other)
    }
}

impl Serialize for Policies {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.routes)
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
