//! The handle to everything at run time: keys, verification, configured replies. It lies below the
//! guards and the fairing, and knows neither routes nor requests.

mod status;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub use self::status::IssuerStatus;
use crate::clock::Clock;
use crate::config::{IssuerSettings, KeySettings, Settings, UndeclaredRoutes};
use crate::error::AuthError;
use crate::http::Http;
use crate::jwks::{KeySource, Remote, Times};
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
    /// # Errors
    /// If TLS cannot be set up.
    pub(crate) fn start(settings: Settings) -> Result<Self, reqwest::Error> {
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

    pub(crate) fn undeclared_routes(&self) -> UndeclaredRoutes {
        self.0.undeclared_routes
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
            http: Http::new(authorities, origin.url())?,
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
