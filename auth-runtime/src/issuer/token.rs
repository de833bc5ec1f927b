//! Builds valid tokens, and tokens with a deliberate defect.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

use super::State;
use super::claims::set_claim;
use super::secret::CryptoFailure;

/// Builds a token. Unless a method changes it, the token is valid for one hour. Each method changes one
/// thing.
///
/// [Testing](crate::guide::testing#tokens) lists the valid and invalid tokens that tests need.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `mint` is called"]
pub struct TokenBuilder<'i> {
    issuer: &'i State,
    header: Map<String, Value>,
    claims: Map<String, Value>,
    foreign_key: bool,
    tampered: bool,
}

impl<'i> TokenBuilder<'i> {
    pub(super) fn new(issuer: &'i State) -> Self {
        let now = now();
        let kid = issuer.keys.current().kid().to_owned();
        let token = Self {
            issuer,
            header: Map::new(),
            claims: Map::new(),
            foreign_key: false,
            tampered: false,
        };
        token
            .header("alg", "RS256")
            .header("typ", "at+jwt")
            .header("kid", kid)
            .claim("iss", issuer.url())
            .claim("aud", issuer.audience.as_str())
            .claim("sub", "local-user")
            .claim("client_id", "local-client")
            .claim("jti", unique_id())
            .claim("iat", now)
            .claim("exp", now + 3600)
    }

    /// Sets `sub`, the user or client that the token is about.
    pub fn subject(self, subject: impl Into<String>) -> Self {
        self.claim("sub", subject.into())
    }

    /// Sets `scope`: one scope, or several that are separated by spaces. If the application that
    /// started the issuer reads scopes from other claims only (`scope_claims`), this also sets the first
    /// of them.
    pub fn scope(self, scope: impl Into<String>) -> Self {
        let scope = scope.into();
        let token = match self.issuer.other_scope_claim() {
            Some(name) => self.claim_at(name, scope.as_str().into()),
            None => self,
        };
        token.claim("scope", scope)
    }

    /// Sets `aud`, the API that the token is for.
    pub fn audience(self, audience: impl Into<String>) -> Self {
        self.claim("aud", audience.into())
    }

    /// Sets `exp` to this long from now.
    pub fn lifetime(self, lifetime: Duration) -> Self {
        self.claim("exp", now().saturating_add(lifetime.as_secs()))
    }

    /// Sets a claim to a value of any type.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Sets the claim with this name, or the one to which a JSON pointer leads.
    pub(super) fn claim_at(mut self, name: &str, value: Value) -> Self {
        set_claim(&mut self.claims, name, value);
        self
    }

    /// Removes a claim.
    pub fn without_claim(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    /// Sets a header parameter to a value of any type.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    /// Removes a header parameter.
    pub fn without_header(mut self, name: &str) -> Self {
        self.header.remove(name);
        self
    }

    /// Makes the token invalid: it expired an hour ago.
    pub fn expired(self) -> Self {
        self.claim("exp", now().saturating_sub(3600))
    }

    /// Makes the token invalid: it becomes valid in an hour.
    pub fn not_yet_valid(self) -> Self {
        self.claim("nbf", now().saturating_add(3600))
    }

    /// Makes the token invalid: it is for another API.
    pub fn other_audience(self) -> Self {
        self.audience("https://another-api.invalid")
    }

    /// Makes the token invalid: it names another issuer.
    pub fn other_issuer(self) -> Self {
        self.claim("iss", "https://another-issuer.invalid/")
    }

    /// Makes the token invalid: it has the `kid` of the published key, but is signed with another key.
    pub fn other_key(mut self) -> Self {
        self.foreign_key = true;
        self
    }

    /// Makes the token invalid: it is signed with a key that the issuer does not publish, and has the
    /// `kid` of that key.
    pub fn unknown_key(mut self) -> Self {
        self.foreign_key = true;
        if let Ok(key) = self.issuer.keys.foreign() {
            let kid = key.kid().to_owned();
            return self.header("kid", kid);
        }
        // Signing fails as well, and the log says so.
        self
    }

    /// Makes the token invalid: a claim is changed after signing.
    pub fn tampered(mut self) -> Self {
        self.tampered = true;
        self
    }

    /// Returns the scopes of the token.
    pub(super) fn granted_scope(&self) -> Option<&str> {
        self.claims.get("scope").and_then(Value::as_str)
    }

    /// Signs the token and returns it. If the crypto library fails, the log says so, and the token is
    /// empty.
    pub fn mint(self) -> String {
        CryptoFailure::logged(self.try_mint())
    }

    /// Hands out an opaque token, about which the issuer's introspection endpoint gives these claims.
    /// If the crypto library fails, the log says so, and the token is empty.
    pub fn mint_opaque(self) -> String {
        CryptoFailure::logged(self.try_mint_opaque())
    }

    /// Signs the token and returns it.
    ///
    /// # Errors
    /// Fails if the crypto library fails.
    pub(super) fn try_mint(self) -> Result<String, CryptoFailure> {
        let signed = self.sign()?;
        if !self.tampered {
            return Ok(signed);
        }
        // Combines the payload of another token with the signature of this one.
        let other = self.claim("sub", "someone-else").sign()?;
        let message = other.rsplit_once('.').map_or("", |(message, _)| message);
        let signature = signed
            .rsplit_once('.')
            .map_or("", |(_, signature)| signature);
        Ok(format!("{message}.{signature}"))
    }

    /// Hands out an opaque token with these claims.
    ///
    /// # Errors
    /// Fails if the crypto library fails.
    pub(super) fn try_mint_opaque(self) -> Result<String, CryptoFailure> {
        self.issuer.issued.opaque(self.claims)
    }

    fn sign(&self) -> Result<String, CryptoFailure> {
        let current = self.issuer.keys.current();
        let key = if self.foreign_key {
            self.issuer.keys.foreign()?
        } else {
            &*current
        };
        let (header, payload) = (json!(self.header), json!(self.claims));
        key.sign(
            header.to_string().as_bytes(),
            payload.to_string().as_bytes(),
        )
    }
}

/// Returns a new value for `jti` (RFC 9068 §2.2).
fn unique_id() -> String {
    format!("{:032x}", fastrand::u128(..))
}

pub(super) fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |now| now.as_secs())
}
