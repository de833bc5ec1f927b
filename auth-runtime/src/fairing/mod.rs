//! Puts configuration, keys, guards and catchers together in a Rocket.

mod announce;
mod builder;

use std::time::SystemTime;

use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::{Build, Orbit, Phase, Rocket};

pub use self::builder::{AuthBuilder, OneOrMany, TrustedIssuer};
use crate::auth::Auth;
use crate::config::{self, Problem, Settings, UndeclaredRoutes};
use crate::reply;
use crate::routes::{self, Policies, PublicRoutes};

impl Auth {
    /// The fairing that a Rocket with protected routes needs: it reads the configuration, keeps
    /// the issuer's keys, and registers the catchers for 400, 401, 403 and 503 at `/`.
    ///
    /// A configuration that cannot work aborts the launch, with a message that names the key and
    /// the fix.
    pub fn fairing() -> impl Fairing {
        Self::builder().fairing()
    }

    /// For values that are set in code. They win over Rocket.toml and the environment, key by key.
    pub fn builder() -> AuthBuilder {
        AuthBuilder::default()
    }
}

/// What [`AuthBuilder::fairing`] makes.
struct AuthFairing(AuthBuilder);

#[rocket::async_trait]
impl Fairing for AuthFairing {
    fn info(&self) -> Info {
        Info {
            name: "Access tokens",
            kind: Kind::Ignite | Kind::Liftoff | Kind::Singleton,
        }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        let builder = &self.0;
        let table = match config::load(rocket.figment(), builder.values.clone()) {
            Ok(table) => table,
            Err(problems) => return abort(rocket, &problems),
        };
        #[cfg(feature = "issuer")]
        let (rocket, table) = match builder.start_local_issuer(rocket, table).await {
            Ok(changed) => changed,
            Err(rocket) => return Err(rocket),
        };
        let settings = match Settings::read(table) {
            Ok(settings) => settings,
            Err(problems) => return abort(rocket, &problems),
        };
        announce::log(&settings, SystemTime::now());
        let auth = match Auth::start(settings) {
            Ok(auth) => auth,
            Err(error) => {
                log::error!("TLS cannot be set up, so that no keys could be fetched: {error}");
                return Err(rocket);
            }
        };
        let denies = auth.undeclared_routes() == UndeclaredRoutes::Deny;
        let rocket = rocket
            .manage(auth)
            .manage(PublicRoutes(builder.public_routes.clone()));
        if denies && deny_undeclared(&rocket) {
            return Err(rocket);
        }
        Ok(if builder.catchers {
            reply::register(rocket)
        } else {
            rocket
        })
    }

    async fn on_liftoff(&self, rocket: &Rocket<Orbit>) {
        let policies = Policies::of(rocket);
        routes::log_table(&policies);
        if let Some(public) = rocket.state::<PublicRoutes>() {
            for uri in public.unknown(&policies) {
                log::warn!("`public_route({uri:?})` names no route");
            }
        }
        match rocket.state::<Auth>().map(Auth::undeclared_routes) {
            Some(UndeclaredRoutes::Allow) | None => {}
            Some(UndeclaredRoutes::Warn) => warn_of_undeclared(&policies),
            // Other fairings may have mounted routes since the ignition.
            Some(UndeclaredRoutes::Deny) => {
                if deny_undeclared(rocket) {
                    rocket.shutdown().notify();
                }
            }
        }
    }
}

#[allow(clippy::result_large_err)] // Rocket's own type.
fn abort(rocket: Rocket<Build>, problems: &[Problem]) -> fairing::Result {
    log::error!("The configuration of access tokens cannot work:");
    for problem in problems {
        log::error!(target: "_", "{problem}");
    }
    Err(rocket)
}

fn warn_of_undeclared(policies: &Policies) {
    if policies.undeclared().next().is_none() {
        return;
    }
    log::warn!("These routes were not mounted by `auth_runtime::routes!`, and have no policy:");
    for route in policies.undeclared() {
        log::warn!(target: "_", "{route} ({})", route.handler().unwrap_or("unnamed"));
    }
    log::warn!(target: "_", "`undeclared_routes` may be \"allow\" or \"deny\" instead of \"warn\"");
}

/// Whether there are undeclared routes, each named in the log.
fn deny_undeclared<P: Phase>(rocket: &Rocket<P>) -> bool {
    let policies = Policies::of(rocket);
    for route in policies.undeclared() {
        let handler = route.handler().unwrap_or("unnamed");
        log::error!("{route} ({handler}) has no policy, and `undeclared_routes` is \"deny\":");
        log::error!(target: "_", "mount it by `auth_runtime::routes!`, with an attribute such as `#[public]`");
    }
    policies.undeclared().next().is_some()
}
