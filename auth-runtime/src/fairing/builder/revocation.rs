//! Sets the keys on revocation.

use std::time::Duration;

use super::AuthBuilder;

impl AuthBuilder {
    /// Sets whether revocations are honoured. The default is `false`.
    pub fn revocation(self, honoured: bool) -> Self {
        self.set("revocation", honoured)
    }

    /// Sets how long after its `iat` a token may expire if revocations are honoured. The default is 30
    /// days.
    pub fn max_token_lifetime(self, lifetime: Duration) -> Self {
        self.set("max_token_lifetime", lifetime.as_secs_f64())
    }

    /// Sets how long the last known revocations serve while the store is out of reach. The default is
    /// 60 seconds.
    pub fn revocation_max_stale(self, max_stale: Duration) -> Self {
        self.set("revocation_max_stale", max_stale.as_secs_f64())
    }

    /// Sets the `client_id` under which the issuer sends logout tokens here. By default there is none.
    pub fn backchannel_logout(self, client_id: impl Into<String>) -> Self {
        self.set("backchannel_logout", client_id.into())
    }

    /// Sets the `aud` of the security event tokens that the issuer pushes here. By default there is
    /// none.
    pub fn security_events(self, audience: impl Into<String>) -> Self {
        self.set("security_events", audience.into())
    }
}
