//! The clients that the issuer knows.

use std::fmt;

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
}

impl LocalClient {
    /// Creates a client with this `client_id`, without a secret.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret: None,
            redirect_uris: Vec::new(),
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
        match self.redirect_uris.iter().find(|uri| !is_redirect_uri(uri)) {
            Some(uri) => Err(format!(
                "`{uri}`, a redirect URI of the client `{}`, is not an absolute URI without a fragment",
                self.id
            )),
            None => Ok(()),
        }
    }
}

/// Returns whether this is an absolute URI without a fragment (RFC 6749 §3.1.2).
fn is_redirect_uri(uri: &str) -> bool {
    url::Url::parse(uri).is_ok_and(|uri| uri.fragment().is_none())
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
        ] {
            assert!(bad.check().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn debug_does_not_show_the_secret() {
        let client = LocalClient::new("app").with_secret("hunter2");
        assert!(!format!("{client:?}").contains("hunter2"));
    }
}
