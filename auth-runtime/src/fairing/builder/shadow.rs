//! Sets a stricter configuration in code.

use std::time::Duration;

use super::{AuthBuilder, OneOrMany};
use crate::config::{CodeValues, TokenType};

impl AuthBuilder {
    /// Sets a stricter configuration, by which accepted tokens are also judged. It refuses nobody. By
    /// default there is none.
    ///
    /// ```
    /// use auth_runtime::{Auth, ShadowRules};
    ///
    /// let auth = Auth::builder().shadow(ShadowRules::default().require_dpop().sample(0.1));
    /// ```
    pub fn shadow(mut self, rules: ShadowRules) -> Self {
        self.values.set_table("shadow", rules.values);
        self
    }
}

/// A stricter configuration, by which accepted tokens are judged before it is in force: see
/// [`AuthBuilder::shadow`](crate::AuthBuilder::shadow). What is not set stays as it is.
///
/// [Operating](crate::guide::operating#before-a-stricter-configuration) explains how to use them.
#[derive(Clone, Debug, Default)]
#[must_use = "rules do nothing until `AuthBuilder::shadow` takes them"]
pub struct ShadowRules {
    pub(super) values: CodeValues,
}

impl ShadowRules {
    /// Sets the accepted `aud`, one or a list, of every issuer.
    pub fn audience(mut self, audience: impl Into<OneOrMany>) -> Self {
        self.values.set("audience", audience.into());
        self
    }

    /// Sets the accepted `alg`, one or a list, of every issuer.
    pub fn algorithms(mut self, algorithms: impl Into<OneOrMany>) -> Self {
        self.values.set("algorithms", algorithms.into());
        self
    }

    /// Requires tokens of this type.
    pub fn token_type(mut self, token_type: TokenType) -> Self {
        self.values.set("token_type", token_type.name());
        self
    }

    /// Sets the clock skew allowed for `exp` and `nbf`.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.values.set("leeway", leeway.as_secs_f64());
        self
    }

    /// Sets the longest time from `iat` to `exp`.
    pub fn max_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.values
            .set("max_token_lifetime", lifetime.as_secs_f64());
        self
    }

    /// Refuses tokens that are not bound to a DPoP key.
    pub fn require_dpop(mut self) -> Self {
        self.values.set("dpop", "require");
        self
    }

    /// Refuses tokens that are not bound to a client certificate.
    pub fn require_mtls(mut self) -> Self {
        self.values.set("mtls", "require");
        self
    }

    /// Sets the share of accepted tokens that are judged, more than 0 and at most 1. The default is 1.
    pub fn sample(mut self, share: f64) -> Self {
        self.values.set("sample", share);
        self
    }
}
