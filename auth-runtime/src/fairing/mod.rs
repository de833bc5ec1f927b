//! Combines configuration, keys, guards and catchers in a Rocket.

mod announce;
mod builder;
#[cfg(feature = "issuer")]
mod local_issuer;
mod signals;
mod undeclared;
mod unprovable;

use std::time::SystemTime;

use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::figment::Figment;
use rocket::{Build, Data, Orbit, Request, Response, Rocket};

pub use self::builder::{AuthBuilder, OneOrMany, ShadowRules, TrustedIssuer};
#[cfg(feature = "testing")]
pub(crate) use self::local_issuer::required_grants;
use crate::auth::Auth;
use crate::config::{self, CertificateSource, Problem, Settings, UndeclaredRoutes};
use crate::routes::{self, Policies, PublicRoutes, Vocabularies};
use crate::{guard, metadata, reply};

impl Auth {
    /// Returns the fairing that a Rocket with protected routes needs. It reads the configuration,
    /// keeps the issuer's keys, and registers the catchers for 400, 401, 403 and 503 at `/`.
    ///
    /// A configuration that cannot work aborts the launch, with a message that names the key and
    /// the fix.
    pub fn fairing() -> impl Fairing {
        Self::builder().fairing()
    }

    /// Returns a builder for values that are set in code. They override Rocket.toml and the
    /// environment, key by key.
    pub fn builder() -> AuthBuilder {
        AuthBuilder::default()
    }
}

/// The fairing that [`AuthBuilder::fairing`] returns.
struct AuthFairing(AuthBuilder);

#[rocket::async_trait]
impl Fairing for AuthFairing {
    fn info(&self) -> Info {
        Info {
            name: "Access tokens",
            kind: Kind::Ignite
                | Kind::Liftoff
                | Kind::Request
                | Kind::Response
                | Kind::Shutdown
                | Kind::Singleton,
        }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        let builder = &self.0;
        let table = match config::load(rocket.figment(), builder.values.clone()) {
            Ok(table) => table,
            Err(problems) => return abort(rocket, &problems),
        };
        #[cfg(feature = "issuer")]
        let (rocket, table) = match local_issuer::start(builder, rocket, table).await {
            Ok(changed) => changed,
            Err(rocket) => return Err(rocket),
        };
        #[cfg(feature = "check")]
        let rocket = rocket.manage(config::Listing::new(&table));
        let settings = match Settings::read(table) {
            Ok(settings) => settings,
            Err(problems) => return abort(rocket, &problems),
        };
        if let Err(problem) = check_rocket(rocket.figment(), &settings) {
            log::error!("{problem}");
            return Err(rocket);
        }
        announce::log(&settings, SystemTime::now());
        let metadata = metadata::routes(&settings);
        let auth = match Auth::start(settings, builder.observers.clone()) {
            Ok(auth) => auth,
            Err(error) => {
                log::error!("{error}");
                return Err(rocket);
            }
        };
        auth.announce_store().await;
        let signal_routes = signals::routes(&auth);
        let reaction = auth.undeclared_routes();
        let rocket = rocket
            .mount("/", signal_routes)
            .manage(auth)
            .manage(PublicRoutes(builder.public_routes.clone()))
            .manage(Vocabularies(builder.vocabularies.clone()))
            .mount("/", metadata);
        if unprovable::denies(&rocket) {
            return Err(rocket);
        }
        let rocket = undeclared::prepare(rocket, reaction);
        Ok(if builder.catchers {
            reply::register(rocket)
        } else {
            rocket
        })
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        if request
            .rocket()
            .state::<Auth>()
            .is_some_and(Auth::is_dpop_on)
        {
            guard::keep_sent_request(request);
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        if request
            .rocket()
            .state::<Auth>()
            .is_some_and(Auth::is_dpop_on)
            && let Some(nonce) = guard::next_nonce(request)
        {
            response.set_raw_header("DPoP-Nonce", nonce.as_str().to_owned());
        }
    }

    #[cfg(feature = "issuer")]
    async fn on_shutdown(&self, rocket: &Rocket<Orbit>) {
        local_issuer::stop(rocket);
    }

    async fn on_liftoff(&self, rocket: &Rocket<Orbit>) {
        let policies = Policies::of(rocket);
        routes::log_table(&policies);
        #[cfg(feature = "issuer")]
        local_issuer::set_api(rocket);
        if let Some(public) = rocket.state::<PublicRoutes>() {
            for uri in public.unknown(&policies) {
                log::warn!("`public_route({uri:?})` names no route");
            }
        }
        if let Some(auth) = rocket.state::<Auth>() {
            auth.launched(rocket.shutdown());
            auth.telemetry().launched(guard::route_names(rocket));
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

/// Checks that Rocket is configured as our configuration needs it.
///
/// # Errors
/// Returns what to write.
fn check_rocket(figment: &Figment, settings: &Settings) -> Result<(), &'static str> {
    let mtls = settings.bound_tokens.mtls.as_ref();
    let needs_mutual_tls =
        mtls.is_some_and(|mtls| matches!(mtls.source, CertificateSource::Rocket));
    if needs_mutual_tls && figment.find_value("tls.mutual").is_err() {
        return Err(
            "`auth.mtls` needs the certificates of clients: configure Rocket's mutual TLS \
             (`[default.tls.mutual]`), or set `auth.client_certificate_header` if a proxy terminates \
             TLS",
        );
    }
    Ok(())
}
