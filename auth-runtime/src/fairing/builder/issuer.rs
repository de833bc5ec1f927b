//! Sets the keys of an issuer, in [`AuthBuilder`] and in each [`TrustedIssuer`].

use std::path::Path;
use std::time::Duration;

use super::{AuthBuilder, OneOrMany};
use crate::config::CodeValues;

/// One of several issuers, for [`AuthBuilder::issuers`].
///
/// An issuer without its own `audience` or `algorithms` has those of the builder.
///
/// ```
/// use auth_runtime::{Auth, TrustedIssuer};
///
/// let auth = Auth::builder().audience("https://api.example.com").issuers([
///     TrustedIssuer::new("https://tenant.eu.auth0.com/"),
///     TrustedIssuer::new("https://partner.example.com/")
///         .algorithms(["ES256"])
///         .jwks_uri("https://partner.example.com/keys"),
/// ]);
/// ```
///
/// [Configuration](crate::guide::configuration#recipes) has a recipe with two issuers.
#[derive(Clone, Debug)]
#[must_use = "an issuer is trusted only if it is given to `AuthBuilder::issuers`"]
pub struct TrustedIssuer {
    pub(super) values: CodeValues,
}

impl TrustedIssuer {
    /// Creates an issuer, or several that share one key set, from the accepted `iss`. It is compared
    /// exactly.
    pub fn new(issuer: impl Into<OneOrMany>) -> Self {
        let mut values = CodeValues::default();
        values.set("issuer", issuer.into());
        Self { values }
    }
}

macro_rules! issuer_keys {
    ($builder:ident) => {
        impl $builder {
            /// Sets the accepted `aud`, one or a list. It is compared exactly, and required.
            pub fn audience(mut self, audience: impl Into<OneOrMany>) -> Self {
                self.values.set("audience", audience.into());
                self
            }

            /// Sets the claims that may hold the audience, one or a list of `aud`, `client_id` and
            /// `azp`. The default is `aud`; the others count only in tokens without one.
            pub fn audience_claims(mut self, claims: impl Into<OneOrMany>) -> Self {
                self.values.set("audience_claims", claims.into());
                self
            }

            /// Sets the accepted `alg`, one or a list: `RS256`, `RS384`, `RS512`, `PS256`, `PS384`,
            /// `PS512`, `ES256`, `ES384` or `EdDSA`. The default is `RS256`.
            pub fn algorithms(mut self, algorithms: impl Into<OneOrMany>) -> Self {
                self.values.set("algorithms", algorithms.into());
                self
            }

            /// Sets the address of the key set. The default is the issuer and
            /// `.well-known/jwks.json`, joined by one slash.
            pub fn jwks_uri(mut self, uri: impl Into<String>) -> Self {
                self.values.set("jwks_uri", uri.into());
                self
            }

            /// Sets the introspection endpoint (RFC 7662), which takes the place of keys. By default
            /// there is none.
            pub fn introspection_endpoint(mut self, endpoint: impl Into<String>) -> Self {
                self.values.set("introspection_endpoint", endpoint.into());
                self
            }

            /// Sets the name under which this API authenticates at the introspection endpoint. It is
            /// required there.
            pub fn client_id(mut self, client_id: impl Into<String>) -> Self {
                self.values.set("client_id", client_id.into());
                self
            }

            /// Sets the secret with which this API authenticates at the introspection endpoint. By
            /// default there is none.
            pub fn client_secret(mut self, secret: impl Into<String>) -> Self {
                self.values.set("client_secret", secret.into());
                self
            }

            /// Sets the PEM file with the private key with which this API authenticates at the
            /// introspection endpoint. By default there is none.
            pub fn client_key(mut self, path: impl AsRef<Path>) -> Self {
                self.values.set("client_key", path_value(path.as_ref()));
                self
            }

            /// Lets an answer of the introspection endpoint without `aud` pass
            /// (`introspection_audience = "unchecked"`). The default is to require `aud`.
            pub fn introspection_audience_unchecked(mut self) -> Self {
                self.values.set("introspection_audience", "unchecked");
                self
            }

            /// Sets how long an active answer of the introspection endpoint is used again. The default
            /// is 30 seconds.
            pub fn introspection_cache_ttl(mut self, ttl: Duration) -> Self {
                self.values
                    .set("introspection_cache_ttl", ttl.as_secs_f64());
                self
            }

            /// Sets whether the address of the key set is taken from the issuer's metadata. The
            /// default is `false`.
            pub fn discovery(mut self, enabled: bool) -> Self {
                self.values.set("discovery", enabled);
                self
            }

            /// Sets a file that holds the key set. By default the set is fetched.
            pub fn jwks_file(mut self, path: impl AsRef<Path>) -> Self {
                self.values.set("jwks_file", path_value(path.as_ref()));
                self
            }

            /// Sets a PEM file that holds the public key or its certificate. By default there is
            /// none, and a key set is fetched.
            pub fn public_key(mut self, path: impl AsRef<Path>) -> Self {
                self.values.set("public_key", path_value(path.as_ref()));
                self
            }

            /// Sets a file that keeps a copy of the last good key set through restarts. By default
            /// there is none.
            pub fn jwks_snapshot(mut self, path: impl AsRef<Path>) -> Self {
                self.values.set("jwks_snapshot", path_value(path.as_ref()));
                self
            }

            /// Sets a PEM file of certificate authorities to trust in addition to those of the
            /// system. By default there are none.
            pub fn ca_certificate(mut self, path: impl AsRef<Path>) -> Self {
                self.values.set("ca_certificate", path_value(path.as_ref()));
                self
            }
        }
    };
}

issuer_keys!(AuthBuilder);
issuer_keys!(TrustedIssuer);

/// Converts a path to a configuration value, which is text. A path that is not Unicode is changed by
/// this, so the file is not found, and the launch is aborted.
fn path_value(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
