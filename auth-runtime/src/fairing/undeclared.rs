//! Handles routes without a policy at launch.
//!
//! Rocket's list of routes is final when all fairings have run at ignition. The sentinel of any
//! protected route sees that list, and can stop the launch. Two cases need more:
//!
//! - If routes without a policy are known at ignition, we mount a route whose sentinel runs after all
//!   others. It knows which of those routes have a guard, and reports that.
//! - If no route has a sentinel, only liftoff sees the final list, and liftoff cannot stop the
//!   launch. From then on a request fairing sends every request to one of our routes, which answers
//!   503.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, Ordering};

use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::http::{Method, Status};
use rocket::request::{FromRequest, Outcome};
use rocket::{Build, Data, Ignite, Orbit, Phase, Request, Rocket, Route, Sentinel, route};

use super::unprovable;
use crate::auth::Auth;
use crate::config::UndeclaredRoutes;
use crate::guard::FinalCheck;
use crate::routes::{INTERNAL, Policies, RoutePolicy, Undeclared, UndeclaredReason};

/// The path at which the routes of this file are mounted.
const PATH: &str = "/auth-runtime/undeclared-routes";

/// Prepares the check of the final list of routes.
pub(super) fn prepare(rocket: Rocket<Build>, reaction: UndeclaredRoutes) -> Rocket<Build> {
    if reaction != UndeclaredRoutes::Deny {
        return rocket.manage(FinalCheck::new(unprovable::denies));
    }
    let policies = Policies::of(&rocket);
    if policies.undeclared().next().is_some() {
        let last = rocket::routes![after_all_others];
        let last = last.into_iter().map(internal).collect::<Vec<_>>();
        let check = FinalCheck::new(unprovable::denies);
        return rocket.manage(check).mount(PATH, last);
    }
    let check = FinalCheck::new(|rocket| denies(rocket) | unprovable::denies(rocket));
    let rocket = rocket.manage(check);
    if policies.iter().any(RoutePolicy::has_sentinel) {
        rocket
    } else {
        rocket.attach(Closing::default())
    }
}

/// Logs the tolerated routes without a policy at liftoff.
pub(super) fn warn(rocket: &Rocket<Orbit>) {
    let undeclared = find(rocket);
    if undeclared.is_empty() {
        return;
    }
    let open = undeclared
        .iter()
        .filter(|route| !route.is_guarded())
        .count();
    log::warn!(
        "{} not declare who may call them, and anyone can call {open} of them:",
        count(undeclared.len())
    );
    log_each(&undeclared, |line| log::warn!(target: "_", "{line}"));
    log::warn!(target: "_", "`undeclared_routes = \"deny\"`, the default, stops a launch with such routes");
}

fn count(routes: usize) -> String {
    if routes == 1 {
        "1 route does".to_owned()
    } else {
        format!("{routes} routes do")
    }
}

/// Returns whether there are routes without a policy. Each of them is logged.
fn denies<P: Phase>(rocket: &Rocket<P>) -> bool {
    let undeclared = find(rocket);
    if undeclared.is_empty() {
        return false;
    }
    log::error!(
        "Every route must declare who may call it, and `undeclared_routes` is \"deny\". These routes do not:"
    );
    log_each(&undeclared, |line| log::error!(target: "_", "{line}"));
    true
}

fn find<P: Phase>(rocket: &Rocket<P>) -> Vec<Undeclared> {
    let guarded = rocket.state::<FinalCheck>().map(FinalCheck::guarded);
    Undeclared::find(&Policies::of(rocket), &guarded.unwrap_or_default())
}

/// Logs a line for each route, with what to write.
fn log_each(undeclared: &[Undeclared], log: impl Fn(String)) {
    for route in undeclared {
        log(format!("{route}: {}", explain(route)));
    }
}

/// Explains why a route does not have a policy, and what to write.
fn explain(route: &Undeclared) -> String {
    match route.reason {
        UndeclaredReason::Guarded => {
            "an attribute guards it, but it was mounted by Rocket's `routes!`, so its policy cannot \
             be shown: write `use auth_runtime::routes;`"
                .to_owned()
        }
        UndeclaredReason::MountedByRocket => {
            "it was mounted by Rocket's `routes!`: write `use auth_runtime::routes;`, and an \
             attribute such as `#[requires_auth]` or `#[public]` above the handler"
                .to_owned()
        }
        UndeclaredReason::MountedByOthers if route.method == Method::Get => format!(
            "it was made by a library or mounted by a fairing: write `protect![ #![requires_auth] … ]` \
             around what you mount, or `.public_route({:?})` if anyone may call it",
            route.uri
        ),
        UndeclaredReason::MountedByOthers => {
            "it was made by a library or mounted by a fairing: write `protect![ #![requires_auth] … ]` \
             around what you mount"
                .to_owned()
        }
        UndeclaredReason::Ambiguous => {
            "its policy is ambiguous, because several handlers have this path and different \
             policies: write another name for this handler"
                .to_owned()
        }
    }
}

/// Hides one of our routes from the table.
fn internal(mut route: Route) -> Route {
    route.name = Some(INTERNAL.into());
    route
}

/// Is never called, because the launch stops.
#[rocket::get("/")]
fn after_all_others(_last: AfterOthers<Last>) -> Status {
    Status::ServiceUnavailable
}

/// A type without a sentinel, so that Rocket asks the sentinel of its parameter after those of all
/// guards.
struct AfterOthers<T>(PhantomData<T>);

#[rocket::async_trait]
impl<'r, T: Send> FromRequest<'r> for AfterOthers<T> {
    type Error = std::convert::Infallible;

    async fn from_request(_: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Forward(Status::NotFound)
    }
}

struct Last;

impl Sentinel for Last {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        denies(rocket)
    }
}

/// Answers every request with 503 if liftoff finds a route without a policy.
#[derive(Default)]
struct Closing {
    is_closed: AtomicBool,
}

#[rocket::async_trait]
impl Fairing for Closing {
    fn info(&self) -> Info {
        Info {
            name: "Undeclared routes",
            kind: Kind::Ignite | Kind::Liftoff | Kind::Request,
        }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        let route = Route::ranked(-1000, Method::Get, "/", Unavailable);
        Ok(rocket.mount(PATH, [internal(route)]))
    }

    async fn on_liftoff(&self, rocket: &Rocket<Orbit>) {
        let is_denied = rocket
            .state::<Auth>()
            .is_some_and(|auth| auth.undeclared_routes() == UndeclaredRoutes::Deny);
        if is_denied && denies(rocket) {
            log::error!(target: "_", "every request is answered with 503");
            self.is_closed.store(true, Ordering::Release);
        }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        if self.is_closed.load(Ordering::Acquire) {
            request.set_method(Method::Get);
            request.set_uri(rocket::uri!("/auth-runtime/undeclared-routes?closed"));
        }
    }
}

/// The query of the requests that the fairing sends to this route.
const CLOSED: &str = "closed";

#[derive(Clone)]
struct Unavailable;

#[rocket::async_trait]
impl route::Handler for Unavailable {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> route::Outcome<'r> {
        let is_closed = request
            .uri()
            .query()
            .is_some_and(|query| query.as_str() == CLOSED);
        if is_closed {
            route::Outcome::error(Status::ServiceUnavailable)
        } else {
            route::Outcome::forward(data, Status::NotFound)
        }
    }
}
