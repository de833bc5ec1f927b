//! Checks `DPoP` proofs at the issuer (RFC 9449 §5), with the same code as at an API.

use std::time::{Duration, SystemTime};

use rocket::Request;
use rocket::request::{FromRequest, Outcome};

use super::error::OAuthError;
use crate::binding::{
    KnownKeys, Nonce, Nonces, Proof, ProofFailure, ProofHeader, ProofVerifier, Proven, Target,
};
use crate::jwks::Algorithm;
use crate::store::{Memory, ProofLimits, Recorded, Store as _, StoreError, UsedProof};

/// The algorithms of proofs that the issuer accepts.
pub(super) const ALGORITHMS: [Algorithm; 4] = [
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::PS256,
    Algorithm::EdDSA,
];
/// What a client whose proof lacks the nonce has to do.
pub(super) const USE_NONCE: &str = "the proof must carry the nonce of this reply";
const AGE: Duration = Duration::from_secs(60);
const LIMITS: ProofLimits = ProofLimits {
    total: 10_000,
    per_key: 1_000,
};

/// The `DPoP` header of a request.
pub(super) enum DpopHeader<'r> {
    None,
    Sent(ProofHeader<'r>),
}

/// The key that a client has proven to hold.
#[derive(Debug)]
pub(super) struct ProvenKey {
    /// The thumbprint of the key.
    pub(super) thumbprint: [u8; 32],
    /// The nonce for the client's next proof, if it is time for a new one.
    pub(super) next_nonce: Option<Nonce>,
}

/// The reason why a proof is refused.
#[derive(Debug)]
pub(super) enum ProofRefusal {
    Invalid(&'static str),
    /// The proof must carry this nonce.
    Nonce(Nonce),
    /// The proof cannot be checked now.
    Unavailable(&'static str),
}

/// Checks proofs, and remembers which were used.
pub(super) struct Proofs {
    verifier: ProofVerifier,
    used: Memory,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for DpopHeader<'r> {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        let mut values = request.headers().get("DPoP").peekable();
        Outcome::Success(match values.peek() {
            None => Self::None,
            Some(_) => Self::Sent(ProofHeader::new(values)),
        })
    }
}

impl Proofs {
    /// Creates the checks for an issuer at this address, and returns `None` if the address is not a URL
    /// or the system has no random numbers.
    pub(super) fn new(url: &str, requires_nonce: bool) -> Option<Self> {
        let nonces = if requires_nonce {
            Some(Nonces::random().ok()?)
        } else {
            None
        };
        let verifier = ProofVerifier {
            base: Target::parse(url).ok()?,
            algorithms: ALGORITHMS.into(),
            age: AGE,
            leeway: Duration::ZERO,
            nonces,
            known_keys: KnownKeys::default(),
        };
        Some(Self {
            verifier,
            used: Memory::new(LIMITS),
        })
    }

    /// Checks the proof of a token request, if it has one.
    ///
    /// # Errors
    /// Fails if the proof is not valid for this request.
    pub(super) async fn for_token_request(
        &self,
        header: &DpopHeader<'_>,
    ) -> Result<Option<ProvenKey>, ProofRefusal> {
        let DpopHeader::Sent(header) = header else {
            return Ok(None);
        };
        let now = SystemTime::now();
        let (thumbprint, proof) = self
            .verifier
            .verify_without_token(single(*header)?, "POST", "/oauth/token", now)
            .map_err(refused)?;
        self.record(thumbprint, proof, now).await.map(Some)
    }

    /// Checks the proof that a client holds the key of its access token.
    ///
    /// # Errors
    /// Fails if the proof is not valid for this request.
    pub(super) async fn for_access_token(
        &self,
        header: &DpopHeader<'_>,
        method: &str,
        token: &str,
        key: [u8; 32],
    ) -> Result<ProvenKey, ProofRefusal> {
        let DpopHeader::Sent(header) = header else {
            return Err(ProofRefusal::Invalid("a DPoP proof is expected"));
        };
        let now = SystemTime::now();
        let request = Proven {
            method,
            path: "/userinfo",
            token,
            key: &key,
        };
        let proof = self
            .verifier
            .verify(single(*header)?, request, now)
            .map_err(refused)?;
        self.record(key, proof, now).await
    }

    /// Records the use of a proof, which serves only once.
    async fn record(
        &self,
        thumbprint: [u8; 32],
        proof: Proof,
        now: SystemTime,
    ) -> Result<ProvenKey, ProofRefusal> {
        let used = UsedProof::new(&thumbprint, &proof.jti, now, proof.until);
        match self.used.record_proof(&used).await {
            Ok(Recorded::Now) => Ok(ProvenKey {
                thumbprint,
                next_nonce: proof.next_nonce,
            }),
            Ok(Recorded::Before) => Err(ProofRefusal::Invalid("the DPoP proof was used before")),
            Err(StoreError::Full | StoreError::FullForKey) => {
                Err(ProofRefusal::Unavailable("too many DPoP proofs"))
            }
            #[cfg(feature = "redis")]
            Err(_) => Err(ProofRefusal::Unavailable(
                "the DPoP proof cannot be recorded",
            )),
        }
    }
}

fn single(header: ProofHeader<'_>) -> Result<&str, ProofRefusal> {
    match header {
        ProofHeader::One(proof) => Ok(proof),
        ProofHeader::NotOne => Err(ProofRefusal::Invalid("one DPoP proof is expected")),
    }
}

fn refused(failure: ProofFailure) -> ProofRefusal {
    match failure {
        ProofFailure::Nonce(nonce) => ProofRefusal::Nonce(nonce),
        failure => {
            log::info!("the local issuer refuses a DPoP proof: {failure}");
            ProofRefusal::Invalid("the DPoP proof is not valid for this request")
        }
    }
}

/// Refuses a token request (RFC 9449 §5 and §8).
impl From<ProofRefusal> for OAuthError {
    fn from(refusal: ProofRefusal) -> Self {
        match refusal {
            ProofRefusal::Invalid(why) => Self::bad_request("invalid_dpop_proof", why),
            ProofRefusal::Nonce(nonce) => {
                Self::bad_request("use_dpop_nonce", USE_NONCE).with_nonce(nonce)
            }
            ProofRefusal::Unavailable(why) => Self::unavailable(why),
        }
    }
}
