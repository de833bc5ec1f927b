//! Puts configuration, keys, guards and catchers together in a Rocket.

mod builder;
mod status;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::{Build, Orbit, Phase, Rocket};

pub use self::builder::AuthBuilder;
pub use self::status::IssuerStatus;
use crate::catchers;
use crate::clock::Clock;
use crate::config::{
    self, IssuerSettings, KeySettings, Layer, Problem, Settings, UndeclaredRoutes,
};
use crate::error::AuthError;
use crate::jwks::{Http, KeySource, Remote, Times};
use crate::policies::{self, Policies, PublicRoutes};
use crate::token::AccessToken;
use crate::verify::{Headers, Issuer, Memory, Replies, Rules, Verifier};

/// Access tokens for a Rocket: attach [`Auth::fairing`].
///
/// ```
/// use auth_runtime::Auth;
///
/// # fn main() {
/// let rocket = rocket::build().attach(Auth::fairing());
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Auth(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    verifier: Verifier,
    replies: Replies,
    report_only: bool,
    undeclared_routes: UndeclaredRoutes,
    clock: Clock,
    /// Requests that passed although a report-only requirement was not met.
    reports: AtomicU64,
}

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

    fn start(settings: Settings) -> Result<Self, reqwest::Error> {
        let replies = Replies {
            malformed_is_bad_request: settings.malformed_is_bad_request,
            shared_secret: settings.shared_secret.then(|| {
                let audiences = settings.issuers.iter().flat_map(|issuer| &issuer.audience);
                audiences
                    .map(String::as_str)
                    .collect::<Vec<_>>()
                    .join(", ")
                    .into()
            }),
        };
        let times = settings.times;
        let issuers = settings
            .issuers
            .into_iter()
            .map(|issuer| start_issuer(issuer, times));
        let verifier = Verifier {
            issuers: issuers.collect::<Result<_, _>>()?,
            rules: Rules {
                leeway: settings.leeway.as_secs_f64(),
                claim_names: Arc::new(settings.claim_names),
                at_jwt: settings.at_jwt,
            },
            memory: Memory::of_bytes(settings.token_cache),
            headers: Headers::default(),
        };
        Ok(Self(Arc::new(Inner {
            verifier,
            replies,
            report_only: settings.report_only,
            undeclared_routes: settings.undeclared_routes,
            clock: Clock::default(),
            reports: AtomicU64::new(0),
        })))
    }

    /// How often a requirement was not met, and the request passed because it is report-only.
    pub fn report_only_denials(&self) -> u64 {
        self.0.reports.load(Ordering::Relaxed)
    }

    /// What is known of each issuer's keys, for a readiness endpoint: in the order of the
    /// configuration.
    ///
    /// ```
    /// use auth_runtime::{Auth, IssuerStatus, public};
    /// use rocket::http::Status;
    /// use rocket::{State, get};
    ///
    /// #[public]
    /// #[get("/health")]
    /// fn health(auth: &State<Auth>) -> Status {
    ///     if auth.status().iter().all(IssuerStatus::is_ready) {
    ///         Status::Ok
    ///     } else {
    ///         Status::ServiceUnavailable
    ///     }
    /// }
    /// ```
    pub fn status(&self) -> Vec<IssuerStatus> {
        let issuers = self.0.verifier.issuers.iter();
        issuers.map(IssuerStatus::of).collect()
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(crate) fn count_report(&self) {
        self.0.reports.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn is_report_only(&self) -> bool {
        self.0.report_only
    }

    #[cfg(feature = "testing")]
    pub(crate) fn claim_names(&self) -> &Arc<crate::token::ClaimNames> {
        &self.0.verifier.rules.claim_names
    }

    #[cfg(feature = "testing")]
    pub(crate) fn malformed_status(&self) -> u16 {
        if self.0.replies.malformed_is_bad_request {
            400
        } else {
            401
        }
    }

    /// The clock skew allowed, in seconds.
    pub(crate) fn leeway(&self) -> f64 {
        self.0.verifier.rules.leeway
    }

    /// Verifies a token that did not come in an `Authorization` header, such as the first message
    /// of a web socket. Routes are better protected by the attributes.
    ///
    /// # Errors
    /// What the reply to a request with this token would be. The log says precisely what failed.
    pub async fn verify(&self, token: &str) -> Result<AccessToken, AuthError> {
        let now = self.clock().now();
        let verified = self.0.verifier.verify(token, now).await;
        verified.map_err(|failure| {
            log::info!("token refused: {failure}");
            // For developers: a service in production has better uses for its log.
            if cfg!(debug_assertions)
                && let Some(hint) = self.0.verifier.hint(token, &failure, now)
            {
                log::info!(target: "_", "{hint}");
            }
            self.0.replies.to(&failure)
        })
    }
}

fn start_issuer(settings: IssuerSettings, times: Times) -> Result<Issuer, reqwest::Error> {
    let algorithms: Box<[_]> = settings.algorithms.into();
    let keys = match settings.keys {
        KeySettings::Fixed { keys, .. } => KeySource::fixed(keys),
        KeySettings::Remote {
            origin,
            authorities,
            snapshot,
        } => KeySource::start(Remote {
            http: Http::new(times.timeout, authorities, origin.url())?,
            accepted: algorithms.clone(),
            origin,
            times,
            snapshot,
        }),
    };
    Ok(Issuer {
        names: settings.names.into(),
        audience: settings.audience.into(),
        algorithms,
        keys,
    })
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
        let in_code = Layer {
            name: "`Auth::builder()`",
            values: builder.values.clone(),
        };
        let figment = match config::layered(rocket.figment(), in_code) {
            Ok(figment) => figment,
            Err(problems) => return abort(rocket, &problems),
        };
        #[cfg(feature = "issuer")]
        let (rocket, figment) = match builder.start_local_issuer(rocket, figment).await {
            Ok(changed) => changed,
            Err(rocket) => return Err(rocket),
        };
        let settings = match Settings::read(&figment) {
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
        let denies = auth.0.undeclared_routes == UndeclaredRoutes::Deny;
        let rocket = rocket
            .manage(auth)
            .manage(PublicRoutes(builder.public_routes.clone()));
        if denies && deny_undeclared(&rocket) {
            return Err(rocket);
        }
        Ok(if builder.catchers {
            catchers::register(rocket)
        } else {
            rocket
        })
    }

    async fn on_liftoff(&self, rocket: &Rocket<Orbit>) {
        let policies = Policies::of(rocket);
        policies::log_table(&policies);
        if let Some(public) = rocket.state::<PublicRoutes>() {
            for uri in public.unknown(&policies) {
                log::warn!("`public_route({uri:?})` names no route");
            }
        }
        match rocket.state::<Auth>().map(|auth| auth.0.undeclared_routes) {
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

fn announce(settings: &Settings) {
    log::info!("Access tokens:");
    for issuer in &settings.issuers {
        log::info!(target: "_", "issuer: {}", issuer.names.join(", "));
        log::info!(target: "_", "audience: {}", issuer.audience.join(", "));
        log::info!(target: "_", "algorithms: {:?}", issuer.algorithms);
        match &issuer.keys {
            KeySettings::Remote { origin, .. } => log::info!(target: "_", "keys: {}", origin.url()),
            KeySettings::Fixed { from, .. } => log::info!(target: "_", "keys: {from}"),
        }
    }
    if settings.report_only {
        log::warn!(
            "`report_only` is on: what a route requires beside a valid token is logged where it is not met, and refuses nobody"
        );
    }
}
