//! Puts configuration, keys, guards and catchers together in a Rocket.

mod builder;
mod undeclared;

use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::{Build, Orbit, Rocket};

pub use self::builder::{AuthBuilder, OneOrMany, TrustedIssuer};
use crate::auth::Auth;
use crate::config::{self, Enforcement, KeySettings, Mode, Problem, Settings, UndeclaredRoutes};
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
        announce(&settings);
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

fn announce(settings: &Settings) {
    log::info!("Access tokens:");
    match &settings.mode {
        Mode::KeySets(issuers) => {
            for issuer in issuers {
                log::info!(target: "_", "issuer: {}", issuer.names.join(", "));
                log::info!(target: "_", "audience: {}", issuer.audience.join(", "));
                log::info!(target: "_", "algorithms: {:?}", issuer.algorithms);
                match &issuer.keys {
                    KeySettings::Remote { origin, .. } => {
                        log::info!(target: "_", "keys: {}", origin.url());
                    }
                    KeySettings::Fixed { from, .. } => log::info!(target: "_", "keys: {from}"),
                }
            }
        }
        Mode::SharedSecret(secret) => {
            log::info!(target: "_", "issuer: {}", secret.issuers.join(", "));
            log::info!(target: "_", "audience: {}", secret.audience.join(", "));
            log::info!(target: "_", "algorithms: [HS256]");
            log::info!(target: "_", "keys: a shared secret");
        }
    }
    if settings.replies.enforcement == Enforcement::ReportOnly {
        log::warn!(
            "`report_only` is on: what a route requires beside a valid token is logged where it is not met, and refuses nobody"
        );
    }
}
