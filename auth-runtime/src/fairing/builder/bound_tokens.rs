//! Sets the keys on bound tokens, on the API's metadata and on the shared store.

use std::time::Duration;

use super::{AuthBuilder, OneOrMany};
use crate::config::BindingMode;

impl AuthBuilder {
    /// Sets the API's own base URL as clients write it. It is required by
    /// [`dpop`](Self::dpop) and [`resource_metadata`](Self::resource_metadata).
    pub fn public_url(self, url: impl Into<String>) -> Self {
        self.set("public_url", url.into())
    }

    /// Sets whether the API's metadata (RFC 9728) are served and named in challenges. The default is
    /// `false`.
    pub fn resource_metadata(self, served: bool) -> Self {
        self.set("resource_metadata", served)
    }

    /// Sets whether tokens that are bound to a `DPoP` key (RFC 9449) are accepted or required. The
    /// default is [`BindingMode::Off`].
    pub fn dpop(self, mode: BindingMode) -> Self {
        self.set("dpop", mode.name())
    }

    /// Sets the accepted `alg` of `DPoP` proofs, one or a list. The default is ES256, ES384, PS256 and
    /// `EdDSA`.
    pub fn dpop_algorithms(self, algorithms: impl Into<OneOrMany>) -> Self {
        self.set("dpop_algorithms", algorithms.into())
    }

    /// Sets how old a `DPoP` proof may be. The default is 60 seconds.
    pub fn dpop_proof_age(self, age: Duration) -> Self {
        self.set("dpop_proof_age", age.as_secs_f64())
    }

    /// Sets how many used `DPoP` proofs are remembered, to detect replays. The default is 100,000.
    pub fn dpop_max_proofs(self, proofs: u32) -> Self {
        self.set("dpop_max_proofs", proofs)
    }

    /// Sets whether `DPoP` proofs must carry a nonce that this API has issued. The default is `false`.
    pub fn dpop_nonce(self, required: bool) -> Self {
        self.set("dpop_nonce", required)
    }

    /// Sets the 32 bytes, in base64, by which instances accept each other's nonces. By default they are
    /// random at each launch.
    pub fn dpop_nonce_key(self, key: impl Into<String>) -> Self {
        self.set("dpop_nonce_key", key.into())
    }

    /// Sets whether tokens that are bound to a client certificate (RFC 8705) are accepted or required.
    /// The default is [`BindingMode::Off`].
    pub fn mtls(self, mode: BindingMode) -> Self {
        self.set("mtls", mode.name())
    }

    /// Sets the header in which a proxy hands on the client's certificate (RFC 9440). By default the
    /// certificate is that of Rocket's own mutual TLS.
    pub fn client_certificate_header(self, name: impl Into<String>) -> Self {
        self.set("client_certificate_header", name.into())
    }

    /// Sets the addresses or CIDR blocks of the proxies whose
    /// [`client_certificate_header`](Self::client_certificate_header) is believed. By default there
    /// are none.
    pub fn trusted_proxies(self, proxies: impl Into<OneOrMany>) -> Self {
        self.set("trusted_proxies", proxies.into())
    }

    /// Sets where the state that instances share is kept: `memory` or the URL of a Redis. The default
    /// is `memory`.
    pub fn store(self, store: impl Into<String>) -> Self {
        self.set("store", store.into())
    }
}
