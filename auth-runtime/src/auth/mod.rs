//! Defines [`Auth`], the handle to keys, verification and configured replies at run time. The guards
//! and the fairing build on it. This module knows neither routes nor requests.

#[cfg(feature = "openapi")]
mod accepted;
mod binding;
mod checks;
mod ended;
#[cfg(any(feature = "check", feature = "console"))]
mod examine;
mod gauges;
#[cfg(feature = "console")]
mod inspect;
mod revocations;
mod shadow;
mod signals;
mod start;
mod status;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use rocket::Shutdown;

#[cfg(feature = "openapi")]
pub(crate) use self::accepted::{AcceptedTokens, Presentation};
pub(crate) use self::binding::BindingRefusal;
use self::binding::TokenBinding;
pub use self::ended::Ended;
#[cfg(feature = "check")]
pub(crate) use self::examine::Examined;
#[cfg(feature = "console")]
pub(crate) use self::inspect::Refused;
pub use self::revocations::{RevocationError, Revocations};
use self::shadow::Shadow;
pub(crate) use self::signals::SignalRefusal;
pub use self::status::IssuerStatus;
use crate::binding::{Nonce, Presented};
use crate::clock::Clock;
use crate::config::{CertificateSource, UndeclaredRoutes};
use crate::error::{AuthError, ChallengeContext, ChallengeSettings, Scheme};
use crate::revocation::Registry;
use crate::telemetry::{RouteId, Stopwatch, Telemetry};
use crate::token::{AcceptedSchemes, AccessToken};
use crate::verify::{Replies, Verifier};

/// The handle to everything that verifies access tokens in a Rocket. Attach [`Auth::fairing`].
///
/// ```
/// use auth_runtime::Auth;
///
/// # fn main() {
/// let rocket = rocket::build().attach(Auth::fairing());
/// # }
/// ```
///
/// [Getting started](crate::guide::getting_started) shows a whole application.
#[derive(Clone, Debug)]
pub struct Auth(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    verifier: Verifier,
    replies: Replies,
    report_only: bool,
    undeclared_routes: UndeclaredRoutes,
    binding: TokenBinding,
    challenges: ChallengeSettings,
    clock: Clock,
    /// Requests that passed although a report-only requirement was not met.
    reports: AtomicU64,
    telemetry: Telemetry,
    /// Whether traces show the subject of tokens.
    trace_subject: bool,
    shadow: Option<Shadow>,
    /// `None` if revocations are not honoured.
    registry: Option<Registry>,
    signal_audiences: SignalAudiences,
    /// The configured base URL of the API.
    #[cfg(feature = "openapi")]
    public_url: Option<String>,
    /// Set once Rocket has launched.
    shutdown: OnceLock<Shutdown>,
}

/// The audiences that signals of issuers must have. Signals without a configured audience are not
/// received.
#[derive(Debug, Default)]
struct SignalAudiences {
    logout: Option<String>,
    events: Option<String>,
}

impl Auth {
    /// Returns how often a request passed although it did not meet a report-only requirement.
    pub fn report_only_denials(&self) -> u64 {
        self.0.reports.load(Ordering::Relaxed)
    }

    /// Returns the state of each issuer's keys, in the order of the configuration, for a readiness
    /// endpoint.
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
        let verifier = &self.0.verifier;
        let with_keys = verifier.issuers.iter().map(IssuerStatus::with_keys);
        let introspected = verifier.introspected.iter().map(IssuerStatus::introspected);
        with_keys.chain(introspected).collect()
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(crate) fn undeclared_routes(&self) -> UndeclaredRoutes {
        self.0.undeclared_routes
    }

    pub(crate) fn count_report(&self, route: Option<RouteId>) {
        self.0.reports.fetch_add(1, Ordering::Relaxed);
        self.telemetry().reported(route);
    }

    pub(crate) fn telemetry(&self) -> &Telemetry {
        &self.0.telemetry
    }

    pub(crate) fn is_report_only(&self) -> bool {
        self.0.report_only
    }

    #[cfg(feature = "issuer")]
    pub(crate) fn claim_names(&self) -> &crate::token::ClaimNames {
        &self.0.verifier.rules.claim_names
    }

    #[cfg(feature = "testing")]
    pub(crate) fn malformed_status(&self) -> u16 {
        self.0.replies.malformed.code
    }

    /// Returns the clock skew allowed, in seconds.
    pub(crate) fn leeway(&self) -> f64 {
        self.0.verifier.rules.leeway
    }

    /// Verifies a token that did not come in an `Authorization` header, such as the first message of
    /// a web socket. To protect routes, use the attributes instead.
    ///
    /// A token that is bound to a key (`cnf`) is refused, because nothing proves that the client has
    /// the key. So is a token that is not bound, if the configuration requires bound ones.
    ///
    /// # Errors
    /// Returns the refusal that a request with this token would get. The log has the precise reason.
    pub async fn verify(&self, token: &str) -> Result<AccessToken, AuthError> {
        let verified = self.authenticate(token).await?;
        let source = verified.origin().source;
        let checked = self.0.binding.check_bare(&verified);
        self.telemetry()
            .token_checked(checked.as_ref().err(), source);
        checked?;
        self.judge(token, None, &verified);
        Ok(verified)
    }

    /// Verifies a token, without checking what it is bound to. A refusal is counted here. The caller
    /// counts an accepted token.
    pub(crate) async fn authenticate(&self, token: &str) -> Result<AccessToken, AuthError> {
        let stopwatch = Stopwatch::start();
        let verified = self.verify_at(token, self.clock().now()).await;
        self.telemetry().verified(stopwatch);
        verified.map_err(|unverified| {
            log::info!("token refused: {}", unverified.failure);
            // The hint is for developers, so logs in production do not have it.
            if cfg!(debug_assertions)
                && let Some(hint) = self.0.verifier.hint(token, &unverified)
            {
                log::info!(target: "_", "{hint}");
            }
            let error = self.0.replies.error_for(&unverified.failure);
            self.telemetry().token_refused(&error, unverified.source);
            error
        })
    }

    /// Returns whether a verified token needs [`check_binding`](Self::check_binding). Most do not.
    pub(crate) fn must_check_binding(&self, token: &AccessToken, scheme: Scheme) -> bool {
        self.0.binding.concerns(token, scheme)
    }

    /// Checks what a client presents with a verified token against what the token is bound to. Returns
    /// the nonce for the client's next proof, if it is time for one.
    ///
    /// # Errors
    /// Returns how the first check that fails is answered.
    pub(crate) async fn check_binding(
        &self,
        token: &AccessToken,
        presented: &Presented<'_>,
    ) -> Result<Option<Nonce>, BindingRefusal> {
        let now = self.clock().now();
        let binding = &self.0.binding;
        let checked = binding.check(token, presented, now, self.telemetry());
        checked.await
    }

    pub(crate) fn accepted_schemes(&self) -> AcceptedSchemes {
        self.0.binding.schemes()
    }

    /// Returns where client certificates come from, if they are used.
    pub(crate) fn certificate_source(&self) -> Option<&CertificateSource> {
        self.0.binding.certificates()
    }

    /// Returns the configured `public_url`, if proofs need it.
    #[cfg(feature = "testing")]
    pub(crate) fn public_url(&self) -> Option<&str> {
        self.0.binding.public_url()
    }

    /// Returns whether only tokens that are bound to a `DPoP` key are accepted.
    #[cfg(feature = "testing")]
    pub(crate) fn requires_proof(&self) -> bool {
        matches!(self.accepted_schemes(), AcceptedSchemes::Dpop)
    }

    /// Returns whether only tokens that are bound to a client certificate are accepted.
    #[cfg(feature = "testing")]
    pub(crate) fn requires_certificate(&self) -> bool {
        self.0.binding.requires_certificate()
    }

    /// Records a proof as used, as if it had come with a request.
    #[cfg(feature = "testing")]
    pub(crate) async fn use_proof(&self, key: &[u8; 32], jti: &str) {
        let now = self.clock().now();
        self.0.binding.use_proof(key, jti, now).await;
    }

    /// Returns a nonce that a proof must carry, if one is asked for.
    #[cfg(feature = "testing")]
    pub(crate) fn dpop_nonce(&self) -> Option<Nonce> {
        self.0.binding.nonce(self.clock().now())
    }

    pub(crate) fn is_dpop_on(&self) -> bool {
        self.0.binding.is_dpop_on()
    }

    /// Returns whether tokens can be bound to a key at all.
    pub(crate) fn accepts_bound_tokens(&self) -> bool {
        self.0.binding.is_any_on()
    }

    /// Logs what the store is used for, and whether it answers. A store that does not answer does not
    /// stop the launch: requests that need it get 503 until it does.
    pub(crate) async fn announce_store(&self) {
        self.0.binding.announce_store().await;
    }

    fn signal_audiences(&self) -> &SignalAudiences {
        &self.0.signal_audiences
    }

    pub(crate) fn challenge_settings(&self) -> &ChallengeSettings {
        &self.0.challenges
    }

    /// Returns the context of the challenges to a client that used this scheme.
    pub(crate) fn challenge_context(&self, scheme: Option<Scheme>) -> ChallengeContext {
        ChallengeContext {
            scheme,
            settings: self.challenge_settings().clone(),
        }
    }
}
