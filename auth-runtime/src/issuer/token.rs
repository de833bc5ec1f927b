//! Tokens to be minted, right ones and ones that are wrong on purpose.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

use super::State;

/// A token to be minted. As it comes it is valid for an hour; the methods change one thing each.
#[derive(Clone, Debug)]
#[must_use = "a token is not made before `mint`"]
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
            .claim("iss", issuer.url.as_str())
            .claim("aud", issuer.audience.as_str())
            .claim("sub", "local-user")
            .claim("client_id", "local-client")
            .claim("jti", unique())
            .claim("iat", now)
            .claim("exp", now + 3600)
    }

    /// Who the token speaks for: `sub`.
    pub fn subject(self, subject: impl Into<String>) -> Self {
        self.claim("sub", subject.into())
    }

    /// What the token grants: one scope, or several separated by spaces.
    pub fn scope(self, scope: impl Into<String>) -> Self {
        self.claim("scope", scope.into())
    }

    /// Whom the token is for: `aud`.
    pub fn audience(self, audience: impl Into<String>) -> Self {
        self.claim("aud", audience.into())
    }

    /// How long from now the token is valid.
    pub fn lifetime(self, lifetime: Duration) -> Self {
        self.claim("exp", now().saturating_add(lifetime.as_secs()))
    }

    /// Any claim, of any type.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Leaves a claim out.
    pub fn without_claim(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    /// Any header parameter, of any type.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    /// Leaves a header parameter out.
    pub fn without_header(mut self, name: &str) -> Self {
        self.header.remove(name);
        self
    }

    /// Wrong on purpose: its time was over an hour ago.
    pub fn expired(self) -> Self {
        self.claim("exp", now().saturating_sub(3600))
    }

    /// Wrong on purpose: its time begins in an hour.
    pub fn not_yet_valid(self) -> Self {
        self.claim("nbf", now().saturating_add(3600))
    }

    /// Wrong on purpose: for another API.
    pub fn other_audience(self) -> Self {
        self.audience("https://another-api.invalid")
    }

    /// Wrong on purpose: says that it is from another issuer.
    pub fn other_issuer(self) -> Self {
        self.claim("iss", "https://another-issuer.invalid/")
    }

    /// Wrong on purpose: signed with a key that the issuer does not publish, under the `kid` of one
    /// that it does.
    pub fn other_key(mut self) -> Self {
        self.foreign_key = true;
        self
    }

    /// Wrong on purpose: names a key that the issuer does not publish, and is signed with it.
    pub fn unknown_key(mut self) -> Self {
        self.foreign_key = true;
        let kid = self.issuer.keys.foreign().kid().to_owned();
        self.header("kid", kid)
    }

    /// Wrong on purpose: a claim is changed after signing.
    pub fn tampered(mut self) -> Self {
        self.tampered = true;
        self
    }

    /// Signs the token.
    pub fn mint(self) -> String {
        let signed = self.sign();
        if !self.tampered {
            return signed;
        }
        // The payload of another token above the signature of this one.
        let other = self.claim("sub", "someone-else").sign();
        let message = other.rsplit_once('.').map_or("", |(message, _)| message);
        let signature = signed
            .rsplit_once('.')
            .map_or("", |(_, signature)| signature);
        format!("{message}.{signature}")
    }

    fn sign(&self) -> String {
        let current = self.issuer.keys.current();
        let key = if self.foreign_key {
            self.issuer.keys.foreign()
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

/// For `jti` (RFC 9068 §2.2).
fn unique() -> String {
    format!("{:032x}", fastrand::u128(..))
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |now| now.as_secs())
}
