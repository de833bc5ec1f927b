//! Verifies `DPoP` proofs (RFC 9449 §4). A proof is a compact JWS by which a client shows, for one
//! request, that it has the key of its token.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::known_keys::{KnownKeys, ProofKey};
use super::nonce::{Age, Nonce, Nonces};
use super::target::{InvalidTarget, Target};
use super::thumbprint::thumbprint;
use crate::jwks::{Algorithm, Key, Unusable};
use crate::token::{Document, Json, JsonError, Object, quoted};
use crate::verify::{Header, Jws, Malformed, header};

const MAX_BYTES: usize = 8 * 1024;
const MAX_JTI_BYTES: usize = 256;
/// How far ahead a client's clock may be.
const AHEAD: Duration = Duration::from_secs(10);
const PROOF_TYPES: &[&str] = &["dpop+jwt"];
/// The members of private and symmetric keys (RFC 7518 §6).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Verifies proofs by the configured rules.
#[derive(Debug)]
pub(crate) struct ProofVerifier {
    /// The API's own base URL.
    pub(crate) base: Target,
    pub(crate) algorithms: Box<[Algorithm]>,
    pub(crate) age: Duration,
    /// The clock skew allowed in either direction.
    pub(crate) leeway: Duration,
    /// The issuer of nonces. If it is set, proofs must carry one of its nonces.
    pub(crate) nonces: Option<Nonces>,
    /// The keys of the clients whose proofs were verified.
    pub(crate) known_keys: KnownKeys,
}

/// The request that a proof has to be for.
#[derive(Clone, Copy)]
pub(crate) struct Proven<'r> {
    pub(crate) method: &'r str,
    /// The path as it was sent.
    pub(crate) path: &'r str,
    pub(crate) token: &'r str,
    /// The thumbprint of the key that the token is bound to.
    pub(crate) key: &'r [u8; 32],
}

/// A proof that has passed every check except the one for replays.
#[derive(Debug)]
pub(crate) struct Proof {
    pub(crate) jti: String,
    /// The time from which the proof is too old.
    pub(crate) until: SystemTime,
    /// The nonce for the client's next proof, if it is time for a new one.
    pub(crate) next_nonce: Option<Nonce>,
}

/// The reason why a proof is not valid. Only the log shows it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProofFailure {
    #[error("the proof is malformed: {0}")]
    Malformed(#[from] Malformed),
    #[error("the proof has no `typ`")]
    NoType,
    #[error("the proof's algorithm {0} is not among the `dpop_algorithms`")]
    AlgorithmNotAccepted(Algorithm),
    #[error("the proof's payload cannot be read: {0}")]
    Payload(JsonError),
    #[error("the proof's payload is not UTF-8")]
    NotUtf8,
    #[error("the proof's `{0}` is missing or has the wrong type")]
    Member(&'static str),
    #[error("the proof's `jwk` has the private member `{0}`")]
    PrivateKey(&'static str),
    #[error("the proof's `jwk` cannot serve: {0}")]
    Key(#[from] Unusable),
    #[error("the proof is of another key than the token")]
    OtherKey,
    #[error("the proof's signature does not verify with its key")]
    Signature,
    #[error("the proof's `jti` is empty or longer than 256 bytes")]
    TokenId,
    #[error("the proof is for the method {0}")]
    OtherMethod(Box<str>),
    #[error("the proof's `htu` is not a URL: {0}")]
    InvalidTarget(InvalidTarget),
    #[error("the path of the request cannot be that of a URL: {0}")]
    InvalidPath(InvalidTarget),
    #[error("the proof is for {got}, and the request is for {expected}")]
    OtherTarget { got: Box<str>, expected: Box<str> },
    #[error("the proof is {0:.0} s too old")]
    TooOld(f64),
    #[error("the proof is from the future, by {0:.0} s too much")]
    TooEarly(f64),
    #[error("the proof is for another token")]
    OtherToken,
    /// All other checks have passed.
    #[error("the proof does not carry a valid nonce")]
    Nonce(Nonce),
}

impl ProofVerifier {
    /// Verifies the proof of a request with an access token, at this time.
    ///
    /// # Errors
    /// Returns the first check that fails. The nonce is checked last.
    pub(crate) fn verify(
        &self,
        proof: &str,
        expected: Proven<'_>,
        now: SystemTime,
    ) -> Result<Proof, ProofFailure> {
        let Proven { method, path, .. } = expected;
        let token = Some((expected.token, expected.key));
        let verified = self.verify_for(proof, method, path, token, now);
        verified.map(|(_, proof)| proof)
    }

    /// Verifies the proof of a request without an access token, at this time. Also returns the thumbprint
    /// of its key.
    ///
    /// # Errors
    /// Returns the first check that fails. The nonce is checked last.
    #[cfg(feature = "issuer")]
    pub(crate) fn verify_without_token(
        &self,
        proof: &str,
        method: &str,
        path: &str,
        now: SystemTime,
    ) -> Result<([u8; 32], Proof), ProofFailure> {
        self.verify_for(proof, method, path, None, now)
    }

    /// Verifies a proof for a request with this method and path, and with this access token and its
    /// key if it has one.
    fn verify_for(
        &self,
        proof: &str,
        method: &str,
        path: &str,
        token: Option<(&str, &[u8; 32])>,
        now: SystemTime,
    ) -> Result<([u8; 32], Proof), ProofFailure> {
        let jws = Jws::split(proof, MAX_BYTES)?;
        let expected = token.map(|(_, key)| key);
        let (key, is_known) = match self.known_keys.find(jws.header) {
            Some(known) if expected.is_some_and(|key| known.thumbprint != *key) => {
                return Err(ProofFailure::OtherKey);
            }
            Some(known) => (known, true),
            None => (Arc::new(self.read_header(&jws, expected)?), false),
        };
        let payload = String::from_utf8(jws.payload()?).map_err(|_| ProofFailure::NotUtf8)?;
        let claims = Document::parse(&payload).map_err(ProofFailure::Payload)?;
        let claims = claims.object();
        let signature = jws.signature()?;

        self.check_request(claims, method, path)?;
        let jti = check_jti(claims)?;
        let until = self.check_time(claims, now)?;
        if let Some((token, _)) = token {
            check_token(claims, token)?;
        }
        let verifier = key.key.verifier(key.algorithm);
        let verifier = verifier.ok_or(Unusable::Algorithm)?;
        if !verifier.has_signed(jws.message.as_bytes(), &signature) {
            return Err(ProofFailure::Signature);
        }
        let thumbprint = key.thumbprint;
        if !is_known {
            self.known_keys.remember(jws.header, key);
        }
        let next_nonce = self.check_nonce(claims, now)?;
        let proof = Proof {
            jti: jti.to_owned(),
            until,
            next_nonce,
        };
        Ok((thumbprint, proof))
    }

    /// Reads the header of a proof. If its key is known beforehand, it has to be the one with this
    /// thumbprint.
    fn read_header(
        &self,
        jws: &Jws<'_>,
        expected: Option<&[u8; 32]>,
    ) -> Result<ProofKey, ProofFailure> {
        let text = jws.header()?;
        let parameters = header::parse(&text)?;
        let header = Header::check(parameters.object(), PROOF_TYPES)?;
        if header.media_type.is_none() {
            return Err(ProofFailure::NoType);
        }
        let algorithm = header.algorithm;
        if !self.algorithms.contains(&algorithm) {
            return Err(ProofFailure::AlgorithmNotAccepted(algorithm));
        }
        let Some(Json::Object(jwk)) = parameters.object().get("jwk") else {
            return Err(ProofFailure::Member("jwk"));
        };
        let thumbprint = thumbprint(jwk);
        // This check comes before the signature's, so that a client without a token for the key
        // cannot make us verify signatures.
        if expected.is_some_and(|key| thumbprint.as_ref() != Some(key)) {
            return Err(ProofFailure::OtherKey);
        }
        Ok(ProofKey {
            algorithm,
            thumbprint: thumbprint.ok_or(ProofFailure::Member("jwk"))?,
            key: parse_key(jwk, algorithm)?,
        })
    }

    fn check_request(
        &self,
        claims: Object<'_>,
        method: &str,
        path: &str,
    ) -> Result<(), ProofFailure> {
        let proven = string(claims, "htm")?;
        if proven != method {
            return Err(ProofFailure::OtherMethod(quoted(proven)));
        }
        let url = string(claims, "htu")?;
        if self.base.is_plainly(url, path) {
            return Ok(());
        }
        let target = Target::parse(url).map_err(ProofFailure::InvalidTarget)?;
        let own = self.base.below(path).map_err(ProofFailure::InvalidPath)?;
        if target == own {
            return Ok(());
        }
        Err(ProofFailure::OtherTarget {
            got: quoted(target.as_str()),
            expected: quoted(own.as_str()),
        })
    }

    /// Returns the time from which the proof is too old.
    fn check_time(&self, claims: Object<'_>, now: SystemTime) -> Result<SystemTime, ProofFailure> {
        let issued = claims.get("iat").and_then(Json::as_f64);
        let issued = issued.ok_or(ProofFailure::Member("iat"))?;
        // If the clock is before 1970, every proof is too early and is refused.
        let seconds = now
            .duration_since(UNIX_EPOCH)
            .map_or(f64::NEG_INFINITY, |now| now.as_secs_f64());
        let too_early = issued - seconds - (AHEAD + self.leeway).as_secs_f64();
        if too_early > 0.0 {
            return Err(ProofFailure::TooEarly(too_early));
        }
        let life = issued - seconds + (self.age + self.leeway).as_secs_f64();
        if life < 0.0 {
            return Err(ProofFailure::TooOld(-life));
        }
        // The life is rounded up, because a used proof must not be forgotten before it is too old.
        let life = Duration::try_from_secs_f64(life.ceil() + 1.0);
        life.ok()
            .and_then(|life| now.checked_add(life))
            .ok_or(ProofFailure::TooEarly(too_early))
    }

    /// Returns the next nonce if it is time for one.
    fn check_nonce(
        &self,
        claims: Object<'_>,
        now: SystemTime,
    ) -> Result<Option<Nonce>, ProofFailure> {
        let Some(nonces) = &self.nonces else {
            return Ok(None);
        };
        let nonce = claims.get("nonce").and_then(Json::as_str);
        match nonce.and_then(|nonce| nonces.check(nonce, now)) {
            Some(Age::Fresh) => Ok(None),
            Some(Age::Aging) => Ok(Some(nonces.issue(now))),
            None => Err(ProofFailure::Nonce(nonces.issue(now))),
        }
    }
}

/// Parses the public key of a proof by the rules of a key set.
fn parse_key(jwk: Object<'_>, algorithm: Algorithm) -> Result<Key, ProofFailure> {
    if let Some(member) = PRIVATE_MEMBERS
        .iter()
        .find(|member| jwk.get(member).is_some())
    {
        return Err(ProofFailure::PrivateKey(member));
    }
    Ok(Key::parse(&Value::from(jwk), &[algorithm])?)
}

fn check_jti(claims: Object<'_>) -> Result<&str, ProofFailure> {
    let jti = string(claims, "jti")?;
    if (1..=MAX_JTI_BYTES).contains(&jti.len()) {
        Ok(jti)
    } else {
        Err(ProofFailure::TokenId)
    }
}

fn check_token(claims: Object<'_>, token: &str) -> Result<(), ProofFailure> {
    // Unused bits must be zero, so that only one text has these bytes.
    let mut proven = [0; 32];
    let length = URL_SAFE_NO_PAD.decode_slice(string(claims, "ath")?, &mut proven);
    if length == Ok(proven.len()) && proven == *digest(&SHA256, token.as_bytes()).as_ref() {
        Ok(())
    } else {
        Err(ProofFailure::OtherToken)
    }
}

fn string<'c>(claims: Object<'c>, name: &'static str) -> Result<&'c str, ProofFailure> {
    let value = claims.get(name).and_then(Json::as_str);
    value.ok_or(ProofFailure::Member(name))
}
