//! Keeps the opaque tokens that the issuer has handed out and the tokens that it has revoked, and
//! introspects tokens.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::State;
use super::expiring::Expiring;
use super::secret::{CryptoFailure, secret};
use super::token::now;

/// The opaque tokens with their claims, and the revoked tokens.
pub(super) struct Issued {
    opaque: Expiring<Map<String, Value>>,
    /// By their SHA-256, so that a long token takes no more memory than a short one.
    revoked: Expiring<()>,
}

impl Issued {
    /// Creates the tables for tokens that live at most this long.
    pub(super) fn new(lifetime: Duration) -> Self {
        Self {
            opaque: Expiring::new(lifetime),
            revoked: Expiring::new(lifetime),
        }
    }

    /// Hands out an opaque token for these claims.
    ///
    /// # Errors
    /// Fails if the system has no random numbers.
    pub(super) fn opaque(&self, claims: Map<String, Value>) -> Result<String, CryptoFailure> {
        let token = secret("opaque")?;
        self.opaque.insert(token.clone(), claims);
        Ok(token)
    }

    fn is_revoked(&self, token: &str) -> bool {
        self.revoked.contains(&hash(token))
    }
}

fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, token.as_bytes()))
}

/// Revokes a token. Only an active one takes memory.
pub(super) fn revoke(state: &State, token: &str) {
    if active_claims(state, token).is_some() {
        state.issued.revoked.insert(hash(token), ());
    }
}

/// Returns the issuer's answer about a token (RFC 7662 §2.2).
pub(super) fn introspect(state: &State, token: &str) -> Value {
    match active_claims(state, token) {
        Some(mut claims) => {
            let token_type = if claims.contains_key("cnf") {
                "DPoP"
            } else {
                "Bearer"
            };
            claims.insert("active".to_owned(), true.into());
            claims.insert("token_type".to_owned(), token_type.into());
            Value::Object(claims)
        }
        None => json!({ "active": false }),
    }
}

/// Returns the claims of a token that is signed or known, not revoked and not expired.
pub(super) fn active_claims(state: &State, token: &str) -> Option<Map<String, Value>> {
    if state.issued.is_revoked(token) {
        return None;
    }
    let opaque = state.issued.opaque.with(token, |claims| claims.clone());
    let claims = opaque.or_else(|| signed_claims(state, token))?;
    let is_in_time = is_valid_at(&claims, Duration::from_secs(now()));
    let session = claims.get("sid").and_then(Value::as_str);
    let has_ended = session.is_some_and(|session| state.has_ended(session));
    (is_in_time && !has_ended).then_some(claims)
}

/// Returns whether a token with these claims is valid at this time (RFC 7662 §2.2). It never is if
/// `exp` or `nbf` is not a time.
fn is_valid_at(claims: &Map<String, Value>, now: Duration) -> bool {
    let holds = |name: &str, test: &dyn Fn(f64) -> bool| {
        let claim = claims.get(name);
        claim.is_none_or(|time| time.as_f64().is_some_and(test))
    };
    let now = now.as_secs_f64();
    holds("exp", &|exp| exp > now) && holds("nbf", &|nbf| nbf <= now)
}

/// Returns the client that an active token was issued to.
pub(super) fn client_of(state: &State, token: &str) -> Option<String> {
    let claims = active_claims(state, token)?;
    claims.get("client_id")?.as_str().map(str::to_owned)
}

/// Returns the claims of a token that was signed with the current key, even if it has expired.
pub(super) fn signed_claims(state: &State, token: &str) -> Option<Map<String, Value>> {
    let mut parts = token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part));
    let (header, payload) = (parts.next()?.ok()?, parts.next()?.ok()?);
    let key = state.keys.current();
    key.has_signed(token, &header, &payload)
        .then(|| serde_json::from_slice(&payload).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_valid_between_its_times_and_never_if_one_of_them_is_not_a_time() {
        let is_valid = |claims: Value| match claims {
            Value::Object(claims) => is_valid_at(&claims, Duration::from_secs(1_000)),
            _ => false,
        };
        for valid in [
            json!({}),
            json!({ "exp": 1_001 }),
            json!({ "exp": 1_000.5, "nbf": 999.5 }),
            json!({ "exp": 1e300, "nbf": -1 }),
            json!({ "nbf": 1_000 }),
        ] {
            assert!(is_valid(valid.clone()), "{valid}");
        }
        for odd in [
            json!(1_000),
            json!(999.5),
            json!(-1_001),
            json!("1001"),
            json!(null),
            json!(true),
            json!([1_001]),
        ] {
            assert!(!is_valid(json!({ "exp": odd })), "{odd}");
        }
        for odd in [
            json!(1_001),
            json!(1_000.5),
            json!("1"),
            json!(null),
            json!({}),
        ] {
            assert!(!is_valid(json!({ "exp": 2_000, "nbf": odd })), "{odd}");
        }
    }
}
