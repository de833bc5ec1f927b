//! Puts configuration, keys, guards and catchers together in a Rocket.

mod announce;
mod builder;
mod undeclared;

use std::time::SystemTime;

use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::{Build, Orbit, Rocket};

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
        let reaction = auth.undeclared_routes();
        let rocket = rocket
            .manage(auth)
            .manage(PublicRoutes(builder.public_routes.clone()));
        let rocket = undeclared::prepare(rocket, reaction);
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
        let reaction = rocket.state::<Auth>().map(Auth::undeclared_routes);
        if reaction == Some(UndeclaredRoutes::Warn) {
            undeclared::warn(rocket);
        }
    }
}

#[expect(clippy::result_large_err, reason = "the type is Rocket's")]
fn abort(rocket: Rocket<Build>, problems: &[Problem]) -> fairing::Result {
    log::error!("The configuration of access tokens cannot work:");
    for problem in problems {
        log::error!(target: "_", "{problem}");
    }
    Err(rocket)
}
