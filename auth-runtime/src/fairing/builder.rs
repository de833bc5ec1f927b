//! Configuration in code.

use std::fmt;
use std::time::Duration;

use rocket::fairing::Fairing;
use rocket::figment::value::{Dict, Value};
#[cfg(feature = "issuer")]
use rocket::{Build, Rocket, figment::Profile};

use super::AuthFairing;
#[cfg(feature = "issuer")]
use crate::config::{Source, Table};
#[cfg(feature = "issuer")]
use crate::issuer::LocalIssuerBuilder;

/// Makes the fairing with some values set in code: [`Auth::builder`](super::Auth::builder).
///
/// Each method sets the key of its name, with the same meaning, default and checks as in
/// Rocket.toml.
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
#[derive(Clone)]
#[must_use = "a builder does nothing until its fairing is attached"]
pub struct AuthBuilder {
    pub(super) values: Dict,
    pub(super) catchers: bool,
    pub(super) public_routes: Vec<String>,
    #[cfg(feature = "issuer")]
    pub(super) local_issuer: Option<LocalIssuerBuilder>,
}

/// The keys that are set. A value may be a secret.
impl fmt::Debug for AuthBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthBuilder")
            .field("keys", &self.values.keys())
            .finish_non_exhaustive()
    }
}

impl Default for AuthBuilder {
    fn default() -> Self {
        Self {
            values: Dict::new(),
            catchers: true,
            public_routes: Vec::new(),
            #[cfg(feature = "issuer")]
            local_issuer: None,
        }
    }
}

impl AuthBuilder {
    /// The accepted `iss`.
    pub fn issuer(self, issuer: impl Into<String>) -> Self {
        self.with("issuer", issuer.into())
    }

    /// The accepted `aud`.
    pub fn audience(self, audience: impl Into<String>) -> Self {
        self.with("audience", audience.into())
    }

    /// Where the keys are, if not at the issuer's `.well-known/jwks.json`.
    pub fn jwks_uri(self, uri: impl Into<String>) -> Self {
        self.with("jwks_uri", uri.into())
    }

    /// The accepted `alg` values.
    pub fn algorithms<A: Into<String>>(self, algorithms: impl IntoIterator<Item = A>) -> Self {
        self.with(
            "algorithms",
            algorithms
                .into_iter()
                .map(Into::into)
                .collect::<Vec<String>>(),
        )
    }

    /// The clock skew allowed.
    pub fn leeway(self, leeway: Duration) -> Self {
        self.with("leeway", leeway.as_secs_f64())
    }

    /// A fetched set's life without a Cache-Control of its own.
    pub fn jwks_cache_ttl(self, ttl: Duration) -> Self {
        self.with("jwks_cache_ttl", ttl.as_secs_f64())
    }

    /// The least time between two fetches for unknown keys.
    pub fn jwks_cooldown(self, cooldown: Duration) -> Self {
        self.with("jwks_cooldown", cooldown.as_secs_f64())
    }

    /// How long one fetch may take.
    pub fn jwks_timeout(self, timeout: Duration) -> Self {
        self.with("jwks_timeout", timeout.as_secs_f64())
    }

    /// How long the last good set serves while fetching fails.
    pub fn jwks_max_stale(self, max_stale: Duration) -> Self {
        self.with("jwks_max_stale", max_stale.as_secs_f64())
    }

    /// The status of the reply to a malformed token: 401, or 400.
    pub fn malformed_token_status(self, status: u16) -> Self {
        self.with("malformed_token_status", status)
    }

    /// Any other key of the `auth` table.
    ///
    /// ```
    /// use auth_runtime::Auth;
    ///
    /// let auth = Auth::builder().with("roles_claim", "/realm_access/roles");
    /// ```
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.values.insert(key.to_owned(), value.into());
        self
    }

    /// Whether the catchers for 400, 401, 403 and 503 are registered at `/`. Without them, give the
    /// replies by catchers of your own and [`AuthError::for_request`](crate::AuthError::for_request).
    pub fn catchers(mut self, registered: bool) -> Self {
        self.catchers = registered;
        self
    }

    /// Declares as public a route that others mount, and that no attribute can stand above: that of a
    /// fairing, or of a `FileServer`. The full URI of a `GET` route, as the launch log has it; one that no
    /// route has is warned of. It changes nothing about who can call the route, but it is no longer
    /// undeclared.
    ///
    /// ```
    /// use auth_runtime::Auth;
    /// use rocket::fs::FileServer;
    ///
    /// # fn main() {
    /// let auth = Auth::builder()
    ///     .with("undeclared_routes", "deny")
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

    /// Starts a local issuer where nothing at all is configured, so that a fresh checkout runs.
    /// In Rocket's profile `debug` alone (and in `default`, that of a figment made by hand): in any
    /// other no configuration is a launch error.
    ///
    /// The issuer is in Rocket's managed state, as [`LocalIssuer`](crate::issuer::LocalIssuer).
    #[cfg(feature = "issuer")]
    #[cfg_attr(docsrs, doc(cfg(feature = "issuer")))]
    pub fn or_local_issuer(mut self, issuer: LocalIssuerBuilder) -> Self {
        self.local_issuer = Some(issuer);
        self
    }

    /// The fairing to attach.
    pub fn fairing(self) -> impl Fairing {
        AuthFairing(self)
    }

    /// Starts the local issuer where it is wanted, and lays its values over the silent
    /// configuration.
    #[cfg(feature = "issuer")]
    pub(super) async fn start_local_issuer(
        &self,
        rocket: Rocket<Build>,
        mut table: Table,
    ) -> Result<(Rocket<Build>, Table), Rocket<Build>> {
        // A profile that we do not know may be one of production.
        let is_for_development =
            [rocket::Config::DEBUG_PROFILE, Profile::Default].contains(rocket.figment().profile());
        let wanted = table.is_empty() && is_for_development;
        let Some(issuer) = self.local_issuer.clone().filter(|_| wanted) else {
            return Ok((rocket, table));
        };
        let issuer = match issuer.start().await {
            Ok(issuer) => issuer,
            Err(error) => {
                log::error!("the local issuer does not start: {error}");
                return Err(rocket);
            }
        };
        let values = Dict::from([
            ("issuer".to_owned(), issuer.url().into()),
            ("audience".to_owned(), issuer.audience().into()),
        ]);
        table.set_all(values, &Source::LocalIssuer);
        Ok((rocket.manage(issuer), table))
    }
}

#[cfg(test)]
mod tests {
    use super::AuthBuilder;

    #[test]
    fn values_are_not_shown_for_they_may_be_secrets() {
        let builder = AuthBuilder::default().with("secret", "0123456789abcdef");
        let shown = format!("{builder:?}");
        assert!(
            shown.contains("secret") && !shown.contains("0123"),
            "{shown}"
        );
    }
}
