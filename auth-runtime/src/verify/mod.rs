//! A token string, the keys of its issuer and the rules → [`AccessToken`] or the reason against it.
//! Knows nothing of Rocket or of routes.

mod claims;
mod failure;
mod headers;
mod hints;
mod jws;
mod memory;
#[cfg(test)]
mod recall_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;

use std::sync::Arc;
use std::time::SystemTime;

pub(crate) use self::failure::{Failure, Replies};
pub(crate) use self::headers::Headers;
use self::jws::{HeaderRoom, Jws};
pub(crate) use self::memory::Memory;
use crate::jwks::{Algorithm, KeyError, KeySet, KeySource};
use crate::token::{AccessToken, ClaimNames, Json, Payload, Read, quoted};

/// Checks tokens of the configured issuers.
#[derive(Debug)]
pub(crate) struct Verifier {
    pub(crate) issuers: Box<[Issuer]>,
    pub(crate) rules: Rules,
    /// The tokens that were verified; `None` if each is to be verified anew.
    pub(crate) memory: Option<Memory>,
    pub(crate) headers: Headers,
}

/// An accepted issuer, and what its tokens must be like.
#[derive(Debug)]
pub(crate) struct Issuer {
    /// The `iss` of its tokens, compared exactly: one or several that share the rest. None where
    /// a shared secret stands for the issuer.
    pub(crate) names: Box<[String]>,
    pub(crate) audience: Box<[String]>,
    pub(crate) algorithms: Box<[Algorithm]>,
    pub(crate) keys: KeySource,
}

/// The rules that all issuers share.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    /// Clock skew allowed for `exp` and `nbf`, in seconds.
    pub(crate) leeway: f64,
    pub(crate) claim_names: Arc<ClaimNames>,
    /// Whether tokens must follow RFC 9068.
    pub(crate) at_jwt: bool,
}

/// What came of a token without waiting for anything.
enum Attempt<'v> {
    Verified(AccessToken),
    /// No key that is known could serve: perhaps one that is to be fetched.
    WantsKey(WantedKey<'v>),
}

struct WantedKey<'v> {
    issuer: &'v Issuer,
    kid: Option<Box<str>>,
    algorithm: Algorithm,
}

impl Verifier {
    /// Checks a token at this time.
    ///
    /// The order of the checks is part of the contract: the token's shape and header, its key, its
    /// signature, `exp`, the other claims. A token that was verified before, and whose key is still
    /// in the current set, is only checked for its times.
    ///
    /// # Errors
    /// The first check that fails.
    pub(crate) async fn verify(
        &self,
        token: &str,
        now: SystemTime,
    ) -> Result<AccessToken, Failure> {
        if let Some(known) = self.recall(token, now) {
            return known;
        }
        match self.attempt(token, now, None)? {
            Attempt::Verified(token) => Ok(token),
            // Boxed, as it is rare: each request allocates the future that holds it.
            Attempt::WantsKey(wanted) => Box::pin(self.verify_later(token, now, wanted)).await,
        }
    }

    /// Checks a token whose key is not known, once a fetch has told what there is to know.
    async fn verify_later(
        &self,
        token: &str,
        now: SystemTime,
        wanted: WantedKey<'_>,
    ) -> Result<AccessToken, Failure> {
        let WantedKey {
            issuer,
            kid,
            algorithm,
        } = wanted;
        let keys = issuer.keys.wait_for(kid.as_deref(), algorithm).await;
        let keys = keys.map_err(|error| match error {
            KeyError::Unknown => unknown_key(kid.as_deref()),
            KeyError::Unavailable { retry_after } => Failure::KeysUnavailable { retry_after },
        })?;
        match self.attempt(token, now, Some(&keys))? {
            Attempt::Verified(token) => Ok(token),
            Attempt::WantsKey(_) => Err(unknown_key(kid.as_deref())),
        }
    }

    /// The token as it was verified before; `None` if it has to be verified.
    fn recall(&self, token: &str, now: SystemTime) -> Option<Result<AccessToken, Failure>> {
        let memory = self.memory.as_ref()?;
        let known = memory.recall(token)?;
        let issuer = self.issuers.get(known.issuer)?;
        // A key that left the set takes its tokens with it.
        if issuer.keys.generation() != Some(known.generation) {
            memory.forget(token);
            return None;
        }
        let (not_before, expires) = known.token.validity();
        let valid = claims::check_validity(not_before, expires, &self.rules, now);
        if matches!(valid, Err(Failure::Expired(_))) {
            memory.forget(token);
        }
        Some(valid.map(|()| known.token))
    }

    /// Checks a token with these keys, or with the current ones of its issuer.
    fn attempt(
        &self,
        token: &str,
        now: SystemTime,
        fetched: Option<&KeySet>,
    ) -> Result<Attempt<'_>, Failure> {
        let jws = Jws::split(token)?;
        let mut room = HeaderRoom::new();
        let known = self.headers.find(jws.header);
        let claimed = match &known {
            Some(known) => known.claimed(),
            None => jws.header(&mut room)?,
        };
        let text = jws.payload()?;
        let signature = jws.signature()?;
        if self.rules.at_jwt && !claimed.is_at_jwt {
            return Err(Failure::NotAtJwt);
        }
        let algorithm = claimed.algorithm;
        if !self
            .issuers
            .iter()
            .any(|issuer| issuer.algorithms.contains(&algorithm))
        {
            return Err(Failure::AlgorithmNotAccepted(algorithm));
        }
        let (index, issuer) = self.issuer_of(&text)?;
        if !issuer.algorithms.contains(&algorithm) {
            return Err(Failure::AlgorithmNotAccepted(algorithm));
        }
        let kid = claimed.kid.as_deref();
        let current = issuer.keys.current();
        let keys = fetched.or(current.set());
        let Some(keys) = keys.filter(|keys| keys.serves(kid, algorithm)) else {
            return Ok(Attempt::WantsKey(WantedKey {
                issuer,
                kid: kid.map(Box::from),
                algorithm,
            }));
        };
        let signed = keys
            .candidates(kid, algorithm)
            .any(|key| key.has_signed(jws.message.as_bytes(), signature.bytes()));
        if !signed {
            issuer.keys.signature_failed();
            return Err(Failure::Signature);
        }
        let verified = self.accept(text, issuer, now)?;
        if known.is_none() {
            self.headers.keep(jws.header, &claimed);
        }
        if let Some(memory) = &self.memory {
            memory.remember(token, index, keys.generation(), &verified);
        }
        Ok(Attempt::Verified(verified))
    }

    /// With several issuers, the token's word decides whose keys are tried, and nothing else.
    /// Where there is nothing to choose and nothing to fetch, the signature comes first.
    fn issuer_of(&self, payload: &[u8]) -> Result<(usize, &Issuer), Failure> {
        if let [only] = &*self.issuers
            && (only.names.len() <= 1 || !only.keys.fetches())
        {
            return Ok((0, only));
        }
        let payload = self.read(utf8(payload)?)?;
        let Some(Json::Text(claimed)) = &payload.iss else {
            return Err(Failure::Claim("iss", "is missing or no string"));
        };
        let mut issuers = self.issuers.iter().enumerate();
        issuers
            .find(|(_, issuer)| issuer.names.iter().any(|name| name == claimed))
            .ok_or_else(|| Failure::Issuer(quoted(claimed)))
    }

    fn read<'p>(&self, text: &'p str) -> Result<Payload<'p>, Failure> {
        Payload::read(text, &self.rules.claim_names)
            .map_err(|error| Failure::Json("payload", error.column()))
    }

    /// The token with this payload, whose signature is right.
    fn accept(
        &self,
        payload: Vec<u8>,
        issuer: &Issuer,
        now: SystemTime,
    ) -> Result<AccessToken, Failure> {
        let text = String::from_utf8(payload).map_err(|_| Failure::Utf8("payload"))?;
        let payload = self.read(&text)?;
        claims::check(&payload, issuer, &self.rules, now)?;
        let read = Read::of(&text, payload);
        Ok(AccessToken::new(text, read, &self.rules.claim_names))
    }
}

fn unknown_key(kid: Option<&str>) -> Failure {
    Failure::UnknownKey(kid.map(quoted))
}

fn utf8(payload: &[u8]) -> Result<&str, Failure> {
    std::str::from_utf8(payload).map_err(|_| Failure::Utf8("payload"))
}
