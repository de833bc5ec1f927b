//! A token string, the keys of its issuer and the rules → [`AccessToken`] or the reason against it.
//! Knows nothing of Rocket or of routes.

mod claims;
mod failure;
mod jws;

use std::sync::Arc;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;

pub(crate) use self::failure::{Failure, Replies};
use self::jws::Jws;
use crate::jwks::{KeyError, KeySet, KeySource};
use crate::token::{AccessToken, ClaimNames, Json, Payload};

/// Checks tokens of the configured issuers.
#[derive(Debug)]
pub(crate) struct Verifier {
    pub(crate) issuers: Box<[Issuer]>,
    pub(crate) rules: Rules,
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

impl Verifier {
    /// Checks a token at this time.
    ///
    /// The order of the checks is part of the contract: the token's shape and header, its key, its
    /// signature, `exp`, the other claims.
    ///
    /// # Errors
    /// The first check that fails.
    pub(crate) async fn verify(
        &self,
        token: &str,
        now: SystemTime,
    ) -> Result<AccessToken, Failure> {
        let jws = Jws::parse(token)?;
        if self.rules.at_jwt && !jws.is_at_jwt {
            return Err(Failure::NotAtJwt);
        }
        if !self
            .issuers
            .iter()
            .any(|issuer| issuer.algorithms.contains(&jws.algorithm))
        {
            return Err(Failure::AlgorithmNotAccepted(jws.algorithm));
        }
        let issuer = self.issuer_of(&jws)?;
        if !issuer.algorithms.contains(&jws.algorithm) {
            return Err(Failure::AlgorithmNotAccepted(jws.algorithm));
        }
        let kid = jws.kid.as_deref();
        if let Some(keys) = &*issuer.keys.current()
            && keys.serves(kid, jws.algorithm)
        {
            return self.check(&jws, issuer, keys, now);
        }
        let keys = issuer
            .keys
            .wait_for(kid, jws.algorithm)
            .await
            .map_err(|error| match error {
                KeyError::Unknown => Failure::UnknownKey(kid.map(failure::quoted)),
                KeyError::Unavailable { retry_after } => Failure::KeysUnavailable { retry_after },
            })?;
        self.check(&jws, issuer, &keys, now)
    }

    /// With several issuers, the token's word decides whose keys are tried, and nothing else.
    /// Where there is nothing to choose and nothing to fetch, the signature comes first.
    fn issuer_of(&self, jws: &Jws<'_>) -> Result<&Issuer, Failure> {
        if let [only] = &*self.issuers
            && (only.names.len() <= 1 || !only.keys.fetches())
        {
            return Ok(only);
        }
        let (_, payload) = self.payload_of(jws)?;
        let Some(Json::Text(claimed)) = &payload.iss else {
            return Err(Failure::Claim("iss", "is missing or no string"));
        };
        self.issuers
            .iter()
            .find(|issuer| issuer.names.iter().any(|name| name == claimed))
            .ok_or_else(|| Failure::Issuer(failure::quoted(claimed)))
    }

    fn payload_of<'j>(&self, jws: &'j Jws<'_>) -> Result<(&'j str, Payload<'j>), Failure> {
        let text = jws.payload_text()?;
        let payload = Payload::read(text, &self.rules.claim_names)
            .map_err(|error| Failure::Json("payload", error.column()))?;
        Ok((text, payload))
    }

    fn check(
        &self,
        jws: &Jws<'_>,
        issuer: &Issuer,
        keys: &KeySet,
        now: SystemTime,
    ) -> Result<AccessToken, Failure> {
        let signed = keys
            .candidates(jws.kid.as_deref(), jws.algorithm)
            .any(|key| key.has_signed(jws.message.as_bytes(), &jws.signature));
        if !signed {
            return Err(Failure::Signature);
        }
        let (text, payload) = self.payload_of(jws)?;
        claims::check(&payload, issuer, &self.rules, now)?;
        Ok(AccessToken::new(text, payload, &self.rules.claim_names))
    }
}

fn decode(part: &str, name: &'static str) -> Result<Vec<u8>, Failure> {
    URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| Failure::Encoding(name))
}
