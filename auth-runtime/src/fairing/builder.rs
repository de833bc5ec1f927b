//! Builds the configuration in code.

mod bound_tokens;
mod issuer;
mod keys;
mod one_or_many;
mod revocation;
mod shadow;

use rocket::fairing::Fairing;
use rocket::figment::value::Value;

pub use self::issuer::TrustedIssuer;
pub use self::one_or_many::OneOrMany;
pub use self::shadow::ShadowRules;
use super::AuthFairing;
use crate::config::CodeValues;
#[cfg(feature = "issuer")]
use crate::issuer::LocalIssuerBuilder;
use crate::policy::ScopeVocabulary;
use crate::telemetry::{Decision, Observers};

/// Configures the fairing in code. [`Auth::builder`](super::Auth::builder) creates one.
///
/// Each setter sets the key of its name, with the same meaning, default and checks as in Rocket.toml.
/// Values in code override every other source. A key that is set twice aborts the launch.
///
/// ```
/// use auth_runtime::Auth;
/// use std::time::Duration;
///
/// # fn main() {
/// let rocket = rocket::build().attach(
///     Auth::builder()
///         .issuer("https://tenant.eu.auth0.com/")
///         .audience("https://api.example.com")
///         .leeway(Duration::from_secs(5))
///         .fairing(),
/// );
/// # }
/// ```
///
/// [Configuration](crate::guide::configuration) describes every key and its sources.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until its fairing is attached"]
pub struct AuthBuilder {
    pub(super) values: CodeValues,
    pub(super) catchers: bool,
    pub(super) public_routes: Vec<String>,
    pub(super) vocabularies: Vec<ScopeVocabulary>,
    pub(super) observers: Observers,
    #[cfg(feature = "issuer")]
    pub(super) local_issuer: Option<LocalIssuerBuilder>,
}

impl Default for AuthBuilder {
    fn default() -> Self {
        Self {
            values: CodeValues::default(),
            catchers: true,
            public_routes: Vec::new(),
            vocabularies: Vec::new(),
            observers: Observers::default(),
            #[cfg(feature = "issuer")]
            local_issuer: None,
        }
    }
}

impl AuthBuilder {
    /// Sets a key to a figment value, such as one that the application reads from elsewhere. Every key
    /// also has a typed setter.
    ///
    /// ```
    /// use auth_runtime::Auth;
    /// use rocket::figment::value::Value;
    ///
    /// fn auth(settings: impl IntoIterator<Item = (String, Value)>) -> auth_runtime::AuthBuilder {
    ///     settings.into_iter().fold(Auth::builder(), |auth, (key, value)| auth.with(&key, value))
    /// }
    /// # let _ = auth([("roles_claim".to_owned(), "/realm_access/roles".into())]);
    /// ```
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.values.set(key, value);
        self
    }

    /// Sets whether the catchers for 400, 401, 403 and 503 are registered at `/`. The default is
    /// `true`. Without them, reply with your own catchers and [`AuthError::for_request`](crate::AuthError::for_request).
    pub fn catchers(mut self, registered: bool) -> Self {
        self.catchers = registered;
        self
    }

    /// Declares that a `GET` route is public although it has no attribute, such as a route of a
    /// `FileServer` or of another fairing. `uri` is its full URI, as the launch log shows it. If no route
    /// has this URI, the launch logs a warning.
    ///
    /// This does not change who can call the route. The route only counts as declared.
    ///
    /// ```
    /// use auth_runtime::{Auth, UndeclaredRoutes};
    /// use rocket::fs::FileServer;
    ///
    /// # fn main() {
    /// let auth = Auth::builder()
    ///     .undeclared_routes(UndeclaredRoutes::Deny)
    ///     .public_route("/static/<path..>");
    /// let rocket = rocket::build()
    ///     .attach(auth.fairing())
    ///     .mount("/static", FileServer::from("."));
    /// # }
    /// ```
    pub fn public_route(mut self, uri: impl Into<String>) -> Self {
        self.public_routes.push(uri.into());
        self
    }

    /// Sets the scopes of the API: the constant `VOCABULARY` of a [`scopes!`](crate::scopes). If
    /// there are several, each adds its scopes. [`Policies::scopes`](crate::Policies::scopes) returns
    /// them.
    ///
    /// ```
    /// use auth_runtime::{Auth, scopes};
    ///
    /// scopes! {
    ///     mod scopes {
    ///         /// Read messages.
    ///         READ_MESSAGES = "read:messages";
    ///     }
    /// }
    ///
    /// # fn main() {
    /// let auth = Auth::builder().vocabulary(scopes::VOCABULARY);
    /// # let _ = auth;
    /// # }
    /// ```
    pub fn vocabulary(mut self, vocabulary: ScopeVocabulary) -> Self {
        self.vocabularies.push(vocabulary);
        self
    }

    /// Calls a function for each decision about a request to a protected route, such as for an audit
    /// log. Several functions are called in turn.
    ///
    /// The functions run on a separate thread, in the order of the decisions, and never delay a
    /// request. They may block. If they are slower than the decisions come, 4,096 decisions wait for
    /// them. Further ones are dropped, which the log reports once and the metric
    /// `auth_dropped_decisions_total` counts. When the application ends, it waits for them for up to
    /// a second. A function that panics is called again for the next decision.
    ///
    /// ```
    /// use auth_runtime::{Auth, Decision};
    ///
    /// fn audit(decision: &Decision) {
    ///     println!(
    ///         "{} {} by {}",
    ///         decision.route(),
    ///         decision.outcome(),
    ///         decision.client_id().unwrap_or("nobody"),
    ///     );
    /// }
    ///
    /// # fn main() {
    /// let rocket = rocket::build().attach(Auth::builder().on_decision(audit).fairing());
    /// # }
    /// ```
    pub fn on_decision(mut self, observer: impl Fn(&Decision) + Send + Sync + 'static) -> Self {
        self.observers.add(observer);
        self
    }

    /// Starts a local issuer if nothing says whose tokens are accepted, so that a fresh checkout runs.
    /// This happens only in Rocket's profile `debug`: in any other profile, `default` included, a
    /// missing configuration is a launch error. The table `[debug.auth.local]` completes what this
    /// builder does not set, such as the users.
    ///
    /// The issuer is in Rocket's managed state, as [`LocalIssuer`](crate::issuer::LocalIssuer).
    #[cfg(feature = "issuer")]
    #[cfg_attr(docsrs, doc(cfg(feature = "issuer")))]
    pub fn or_local_issuer(mut self, issuer: LocalIssuerBuilder) -> Self {
        self.local_issuer = Some(issuer);
        self
    }

    /// Returns the fairing to attach.
    pub fn fairing(self) -> impl Fairing {
        AuthFairing(self)
    }
}
