//! Defines the clients that the issuer knows, and where it may send their users.

use std::fmt;

use url::Url;

use crate::http::is_loopback;

/// A client of the local issuer, for clients whose redirect URIs are not on a loopback address or that
/// authenticate with a secret. Every other client needs no registration.
///
/// ```
/// use auth_runtime::issuer::LocalClient;
///
/// let client = LocalClient::new("web-app")
///     .with_secret("a secret for development")
///     .with_redirect_uris(["https://app.test/callback"]);
/// assert_eq!(client.id(), "web-app");
/// ```
///
/// [The local issuer](crate::guide::local_issuer#clients) describes clients.
#[derive(Clone, PartialEq, Eq)]
pub struct LocalClient {
    id: String,
    secret: Option<String>,
    redirect_uris: Vec<String>,
    backchannel_logout_uri: Option<String>,
}

impl LocalClient {
    /// Creates a client with this `client_id`, without a secret.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret: None,
            redirect_uris: Vec::new(),
            backchannel_logout_uri: None,
        }
    }

    /// Sets the secret with which the client must authenticate.
    #[must_use]
    pub fn with_secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(secret.into());
        self
    }

    /// Sets the redirect URIs that the client may use. They are compared exactly.
    #[must_use]
    pub fn with_redirect_uris<U: Into<String>>(
        mut self,
        uris: impl IntoIterator<Item = U>,
    ) -> Self {
        self.redirect_uris = uris.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the address at which the client, or its API, takes logout tokens when a user logs out
    /// (OpenID Connect Back-Channel Logout 1.0). It must be on a loopback address.
    #[must_use]
    pub fn with_backchannel_logout_uri(mut self, uri: impl Into<String>) -> Self {
        self.backchannel_logout_uri = Some(uri.into());
        self
    }

    /// Returns the client's `client_id`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// # Errors
    /// Says what is wrong with the client.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.id.trim().is_empty() {
            return Err("a client has an empty `client_id`".to_owned());
        }
        if self.secret.as_deref().is_some_and(str::is_empty) {
            return Err(format!("the secret of the client `{}` is empty", self.id));
        }
        if let Some(uri) = &self.backchannel_logout_uri
            && !Url::parse(uri).is_ok_and(|uri| is_loopback(&uri))
        {
            return Err(format!(
                "`{uri}`, the logout URI of the client `{}`, is not on a loopback address",
                self.id
            ));
        }
        match self.redirect_uris.iter().find(|uri| !is_redirect_uri(uri)) {
            Some(uri) => Err(format!(
                "`{uri}`, a redirect URI of the client `{}`, is not an absolute URI without a fragment",
                self.id
            )),
            None => Ok(()),
        }
    }

    pub(super) fn secret(&self) -> Option<&str> {
        self.secret.as_deref()
    }

    pub(super) fn backchannel_logout_uri(&self) -> Option<&str> {
        self.backchannel_logout_uri.as_deref()
    }
}

/// Returns the redirect URI if this client may use it. It must be one of the client's configured URIs,
/// compared exactly (RFC 9700 §2.1). If none is configured, it must be on a loopback address.
pub(super) fn redirect_uri(client: Option<&LocalClient>, uri: &str) -> Option<Url> {
    if !is_redirect_uri(uri) {
        return None;
    }
    let parsed = Url::parse(uri).ok()?;
    let configured = client.map_or(&[][..], |client| &client.redirect_uris);
    let is_allowed = if configured.is_empty() {
        matches!(parsed.scheme(), "http" | "https") && is_loopback(&parsed)
    } else {
        configured.iter().any(|allowed| allowed == uri)
    };
    is_allowed.then_some(parsed)
}

/// Returns whether this is an absolute URI without a fragment (RFC 6749 §3.1.2). A URI with user info
/// is refused as well, and so is a scheme that browsers run as a script.
fn is_redirect_uri(uri: &str) -> bool {
    Url::parse(uri).is_ok_and(|uri| {
        let runs = ["javascript", "data", "vbscript", "blob", "file", "about"];
        uri.fragment().is_none()
            && uri.username().is_empty()
            && uri.password().is_none()
            && !runs.contains(&uri.scheme())
    })
}

/// Hides the secret.
impl fmt::Debug for LocalClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalClient")
            .field("id", &self.id)
            .field("redirect_uris", &self.redirect_uris)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_has_a_name_and_absolute_redirect_uris() {
        let client = || LocalClient::new("app");
        assert!(client().check().is_ok());
        let good = client().with_redirect_uris(["https://app.test/cb?x=1", "com.app:/cb"]);
        assert!(good.check().is_ok());
        for bad in [
            LocalClient::new(" "),
            client().with_secret(""),
            client().with_redirect_uris(["/callback"]),
            client().with_redirect_uris(["https://app.test/#here"]),
            client().with_redirect_uris(["javascript:alert(1)"]),
            client().with_redirect_uris(["https://user@app.test/"]),
            client().with_backchannel_logout_uri("https://app.test/logout"),
        ] {
            assert!(bad.check().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn without_registration_users_are_sent_to_a_loopback_address_only() {
        for good in [
            "http://127.0.0.1:3000/cb?x=1",
            "http://localhost/",
            "https://[::1]:8443/cb",
        ] {
            assert!(redirect_uri(None, good).is_some(), "{good}");
        }
        for bad in [
            "https://app.test/",
            "http://127.0.0.1.evil.test/",
            "http://127.0.0.1@evil.test/",
            "http://127.0.0.1/#x",
            "com.app:/cb",
            "javascript:alert(1)",
            "/callback",
            "",
        ] {
            assert!(redirect_uri(None, bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_configured_redirect_uri_is_compared_exactly() {
        let client = LocalClient::new("app").with_redirect_uris(["https://app.test/cb"]);
        assert!(redirect_uri(Some(&client), "https://app.test/cb").is_some());
        for bad in [
            "https://app.test/cb/",
            "https://app.test/cb?x=1",
            "https://APP.test/cb",
            "http://127.0.0.1/cb",
        ] {
            assert!(redirect_uri(Some(&client), bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn debug_does_not_show_the_secret() {
        let client = LocalClient::new("app").with_secret("hunter2");
        assert!(!format!("{client:?}").contains("hunter2"));
    }
}
