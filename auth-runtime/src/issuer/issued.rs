//! The opaque tokens that the issuer has handed out, the tokens that it has revoked, and what it says
//! about a token when it is asked.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::State;
use super::token::now;

/// Beyond this, older tokens are forgotten: nobody needs more for development.
const MAX_TOKENS: usize = 100_000;

#[derive(Default)]
pub(super) struct Issued(Mutex<Tokens>);

#[derive(Default)]
struct Tokens {
    opaque: HashMap<String, Map<String, Value>>,
    revoked: HashSet<String>,
}

impl Issued {
    /// Hands out an opaque token for these claims.
    pub(super) fn opaque(&self, claims: Map<String, Value>) -> String {
        let token = format!("opaque-{:032x}", fastrand::u128(..));
        let mut tokens = self.tokens();
        if tokens.opaque.len() >= MAX_TOKENS {
            tokens.opaque.clear();
        }
        tokens.opaque.insert(token.clone(), claims);
        token
    }

    /// Revokes a token, even an unknown one (RFC 7009).
    pub(super) fn revoke(&self, token: &str) {
        let mut tokens = self.tokens();
        if tokens.revoked.len() >= MAX_TOKENS {
            tokens.revoked.clear();
        }
        tokens.revoked.insert(token.to_owned());
    }

    fn tokens(&self) -> MutexGuard<'_, Tokens> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the issuer's answer about a token (RFC 7662 §2.2).
pub(super) fn introspect(state: &State, token: &str) -> Value {
    let claims = {
        let tokens = state.issued.tokens();
        if tokens.revoked.contains(token) {
            None
        } else {
            let opaque = tokens.opaque.get(token).cloned();
            opaque.or_else(|| signed_claims(state, token))
        }
    };
    let is_in_time = |claims: &Map<String, Value>| {
        claims
            .get("exp")
            .and_then(Value::as_u64)
            .is_none_or(|exp| exp > now())
    };
    match claims.filter(is_in_time) {
        Some(mut claims) => {
            claims.insert("active".to_owned(), true.into());
            claims.insert("token_type".to_owned(), "Bearer".into());
            Value::Object(claims)
        }
        None => json!({ "active": false }),
    }
}

/// Returns the claims of a token that was signed with the current key.
fn signed_claims(state: &State, token: &str) -> Option<Map<String, Value>> {
    let mut parts = token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part));
    let (header, payload) = (parts.next()?.ok()?, parts.next()?.ok()?);
    // RS256 makes the same signature each time.
    let is_ours = state.keys.current().sign(&header, &payload) == token;
    is_ours
        .then(|| serde_json::from_slice(&payload).ok())
        .flatten()
}

/// Hides tokens.
impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issued").finish_non_exhaustive()
    }
}
