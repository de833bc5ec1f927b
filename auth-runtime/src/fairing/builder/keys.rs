//! Sets the keys on issuers, key sets, tokens and replies that apply to all issuers.

use std::time::Duration;

use rocket::data::ByteUnit;
use rocket::figment::value::Value;

use super::{AuthBuilder, OneOrMany, TrustedIssuer};
use crate::config::{TokenType, UndeclaredRoutes};

impl AuthBuilder {
    /// Sets the accepted `iss`, one or a list. It is compared exactly, and required unless there is
    /// a shared secret.
    pub fn issuer(self, issuer: impl Into<OneOrMany>) -> Self {
        self.set("issuer", issuer.into())
    }

    /// Sets several issuers, in place of [`issuer`](Self::issuer), that differ in more than their
    /// names. By default there are none.
    pub fn issuers(mut self, issuers: impl IntoIterator<Item = TrustedIssuer>) -> Self {
        let tables = issuers.into_iter().map(|issuer| issuer.values);
        self.values.set_tables("issuers", tables);
        self
    }

    /// Sets the shared secret of HS256, one or up to four, of at least 32 bytes each. By default
    /// there is none, and tokens are verified with key sets.
    pub fn secret(self, secret: impl Into<OneOrMany>) -> Self {
        self.set("secret", secret.into())
    }

    /// Sets the shared secret in base64, in the standard or the URL alphabet, one or up to four. By
    /// default there is none.
    pub fn secret_base64(self, secret: impl Into<OneOrMany>) -> Self {
        self.set("secret_base64", secret.into())
    }

    /// Sets whether a shared secret of less than 32 bytes is accepted, although it can be guessed
    /// from a single token. The default is `false`.
    pub fn allow_weak_secret(self, allowed: bool) -> Self {
        self.set("allow_weak_secret", allowed)
    }

    /// Sets the end of a migration from a shared secret to a key set, in the format of RFC 3339.
    /// Until then, both are accepted. A date such as `2030-12-31` means the end of that day in UTC.
    /// By default a shared secret excludes key sets.
    pub fn secret_until(self, end: impl Into<String>) -> Self {
        self.set("secret_until", end.into())
    }

    /// Sets hosts to which plain http is allowed, one or a list. It works only in the profile
    /// `debug`. By default plain http is only allowed within the machine.
    pub fn allow_http_hosts(self, hosts: impl Into<OneOrMany>) -> Self {
        self.set("allow_http_hosts", hosts.into())
    }

    /// Sets the life of a key set whose reply has no `Cache-Control: max-age`. The default is 600
    /// seconds.
    pub fn jwks_cache_ttl(self, ttl: Duration) -> Self {
        self.set("jwks_cache_ttl", ttl.as_secs_f64())
    }

    /// Sets the shortest time between two fetches for unknown keys. The default is 5 seconds.
    pub fn jwks_cooldown(self, cooldown: Duration) -> Self {
        self.set("jwks_cooldown", cooldown.as_secs_f64())
    }

    /// Sets the longest time that one fetch may take. The default is 5 seconds.
    pub fn jwks_timeout(self, timeout: Duration) -> Self {
        self.set("jwks_timeout", timeout.as_secs_f64())
    }

    /// Sets how long the last good key set serves while fetching fails. The default is a day
    /// (86400 seconds).
    pub fn jwks_max_stale(self, max_stale: Duration) -> Self {
        self.set("jwks_max_stale", max_stale.as_secs_f64())
    }

    /// Sets the clock skew allowed for `exp`, `nbf` and `auth_time`. The default is 0 seconds.
    pub fn leeway(self, leeway: Duration) -> Self {
        self.set("leeway", leeway.as_secs_f64())
    }

    /// Sets the type of tokens that is required. By default `JWT`, `at+jwt` and tokens without a
    /// type are accepted.
    pub fn token_type(self, token_type: TokenType) -> Self {
        self.set("token_type", token_type.name())
    }

    /// Sets the claims that hold scopes, by name or JSON pointer, one or a list. The default is
    /// `scope` and `scp`.
    pub fn scope_claims(self, claims: impl Into<OneOrMany>) -> Self {
        self.set("scope_claims", claims.into())
    }

    /// Sets the claim that holds permissions, by name or JSON pointer. The default is `permissions`.
    pub fn permissions_claim(self, claim: impl Into<String>) -> Self {
        self.set("permissions_claim", claim.into())
    }

    /// Sets the claim that holds roles, by name or JSON pointer. The default is `roles`.
    pub fn roles_claim(self, claim: impl Into<String>) -> Self {
        self.set("roles_claim", claim.into())
    }

    /// Sets the size of the cache of verified tokens. The default is 16 MiB; 0 turns it off.
    pub fn token_cache(self, size: impl Into<ByteUnit>) -> Self {
        self.set("token_cache", size.into().as_u64())
    }

    /// Sets the status of the reply to a malformed token: 401 or 400. The default is 401.
    pub fn malformed_token_status(self, status: u16) -> Self {
        self.set("malformed_token_status", status)
    }

    /// Sets the `realm` that challenges name (RFC 9110): printable ASCII without quotes and
    /// backslashes. By default they name none.
    pub fn realm(self, realm: impl Into<String>) -> Self {
        self.set("realm", realm.into())
    }

    /// Sets whether unmet requirements of routes are only logged and counted. The default is
    /// `false`: they refuse the request.
    pub fn report_only(self, enabled: bool) -> Self {
        self.set("report_only", enabled)
    }

    /// Sets what happens to routes that do not declare who may call them. The default is
    /// [`UndeclaredRoutes::Deny`].
    pub fn undeclared_routes(self, reaction: UndeclaredRoutes) -> Self {
        self.set("undeclared_routes", reaction.name())
    }

    /// Adds the claim `sub` to the spans of verifications. The default is `false`. It needs the feature
    /// `tracing`.
    pub fn trace_subject(self, shown: bool) -> Self {
        self.set("trace_subject", shown)
    }

    pub(super) fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.values.set(key, value);
        self
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::ShadowRules;
    use super::*;
    use crate::config::{self, BindingMode};

    /// Returns a builder with every key set by its setter.
    fn all_keys() -> AuthBuilder {
        let second = Duration::from_secs(1);
        AuthBuilder::default()
            .issuer("https://a.invalid/")
            .issuers([TrustedIssuer::new("https://a.invalid/")])
            .audience("api")
            .audience_claims(["aud", "client_id"])
            .algorithms("ES256")
            .jwks_uri("https://a.invalid/keys")
            .discovery(true)
            .jwks_file("keys.json")
            .public_key("key.pem")
            .jwks_snapshot("copy.json")
            .ca_certificate("ca.pem")
            .secret("0123456789abcdef0123456789abcdef")
            .secret_base64(["MDEy"])
            .allow_weak_secret(true)
            .secret_until("2030-12-31")
            .allow_http_hosts("keycloak")
            .jwks_cache_ttl(second)
            .jwks_cooldown(second)
            .jwks_timeout(second)
            .jwks_max_stale(second)
            .leeway(second)
            .token_type(TokenType::AtJwt)
            .scope_claims(["scope", "scp"])
            .permissions_claim("permissions")
            .roles_claim("roles")
            .token_cache(ByteUnit::Mebibyte(1))
            .malformed_token_status(401)
            .realm("api")
            .report_only(true)
            .undeclared_routes(UndeclaredRoutes::Deny)
            .public_url("https://api.invalid")
            .resource_metadata(true)
            .dpop(BindingMode::Allow)
            .dpop_algorithms("ES256")
            .dpop_proof_age(second)
            .dpop_max_proofs(1)
            .dpop_nonce(true)
            .dpop_nonce_key("MDEy")
            .mtls(BindingMode::Allow)
            .client_certificate_header("Client-Cert")
            .trusted_proxies("10.0.0.1")
            .store("memory")
            .introspection_endpoint("https://a.invalid/introspect")
            .client_id("api")
            .client_secret("0123")
            .client_key("key.pem")
            .introspection_audience_unchecked()
            .introspection_cache_ttl(second)
            .revocation(true)
            .max_token_lifetime(second)
            .revocation_max_stale(second)
            .backchannel_logout("api")
            .security_events("api")
            .trace_subject(true)
            .shadow(ShadowRules::default().audience("other"))
    }

    #[test]
    fn every_key_has_a_setter() {
        let builder = all_keys();
        let set: BTreeSet<_> = builder.values.keys().collect();
        // `or_local_issuer` takes another builder.
        let known = config::key_names().filter(|key| *key != "local");
        let known: BTreeSet<_> = known.collect();
        assert_eq!(set, known);
    }

    #[test]
    fn debug_output_shows_no_values() {
        let shown = format!("{:?}", all_keys());
        assert!(
            shown.contains("secret") && !shown.contains("0123"),
            "{shown}"
        );
    }
}
