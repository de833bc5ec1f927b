//! A token string, the keys of its issuer and the rules → [`AccessToken`], or the reason against it.
//! This room knows nothing of Rocket or of routes.

mod claims;
mod failure;
pub(crate) mod header;
mod hints;
mod introspected;
mod jws;
mod memory;
#[cfg(test)]
mod recall_tests;
mod replies;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;

use std::sync::Arc;
use std::time::SystemTime;

pub(crate) use self::claims::{AudienceClaim, Expected, Presence};
use self::failure::{Claim, InvalidClaim};
pub(crate) use self::failure::{Failure, Malformed, Part};
pub(crate) use self::header::Header;
pub(crate) use self::introspected::IntrospectedIssuer;
pub(crate) use self::jws::Jws;
pub(crate) use self::memory::Memory;
pub(crate) use self::replies::Replies;
use crate::jwks::{Algorithm, KeyError, KeySet, KeySource};
use crate::token::{AccessToken, ClaimNames, Json, Object, Origin, Source, quoted};

/// The longest token that is read.
const MAX_TOKEN_BYTES: usize = 16 * 1024;
/// The types of access tokens: that of RFC 7519 §5.1, and that of RFC 9068 §2.1.
const ACCESS_TOKEN_TYPES: &[&str] = &["JWT", AT_JWT];
const AT_JWT: &str = "at+jwt";

/// Verifies tokens of the configured issuers.
#[derive(Debug)]
pub(crate) struct Verifier {
    /// The issuers whose keys are known.
    pub(crate) issuers: Box<[Issuer]>,
    /// The issuer that is asked about every token that is not a JWT of the others.
    pub(crate) introspected: Option<IntrospectedIssuer>,
    pub(crate) rules: Rules,
    /// The tokens that were verified. Without it, every token is verified anew.
    pub(crate) memory: Option<Memory>,
}

/// An accepted issuer, and what its tokens must be like.
#[derive(Debug)]
pub(crate) struct Issuer {
    /// The `iss` of its tokens, compared exactly: one or several that share everything else. There
    /// may be none if a shared secret takes the place of the issuer.
    pub(crate) names: Box<[String]>,
    pub(crate) audience: Box<[String]>,
    /// The claims that may hold the audience.
    pub(crate) audience_claims: Box<[AudienceClaim]>,
    pub(crate) algorithms: Box<[Algorithm]>,
    pub(crate) keys: KeySource,
    /// A secret that is accepted beside the keys for the time of a migration.
    pub(crate) secret: Option<TemporarySecret>,
}

/// A shared secret that verifies HS256 until a migration ends, beside the keys of the issuer, which
/// verify every other algorithm.
#[derive(Clone, Debug)]
pub(crate) struct TemporarySecret {
    pub(crate) keys: Arc<KeySet>,
    pub(crate) until: SystemTime,
}

/// The rules that all issuers share.
#[derive(Debug)]
pub(crate) struct Rules {
    /// Clock skew allowed for `exp` and `nbf`, in seconds.
    pub(crate) leeway: f64,
    pub(crate) claim_names: ClaimNames,
    /// Whether tokens must follow RFC 9068.
    pub(crate) at_jwt: bool,
    /// The longest time from `iat` to `exp`, in seconds, if it is bounded.
    pub(crate) max_lifetime: Option<f64>,
}

/// Why a token could not be verified without waiting for anything.
enum Obstacle<'v> {
    Failed(Failure),
    /// No known key could serve. Perhaps one that has yet to be fetched can.
    NeedsKey(NeededKey<'v>),
}

struct NeededKey<'v> {
    issuer: &'v Issuer,
    kid: Option<Box<str>>,
    algorithm: Algorithm,
}

impl Verifier {
    /// Verifies a token at this time.
    ///
    /// The order of the checks is part of the contract: the token's shape and header, its key, its
    /// signature, `exp`, the other claims. What the token is bound to (`cnf`) is not among them. A
    /// token that was verified before, and whose key is still in the current set, is only checked for
    /// its times.
    ///
    /// # Errors
    /// Returns the first check that fails.
    pub(crate) async fn verify(
        &self,
        token: &str,
        now: SystemTime,
    ) -> Result<AccessToken, Failure> {
        if let Some(recalled) = self.recall(token, now) {
            return recalled;
        }
        match self.introspects(token) {
            Some(issuer) => {
                let index = self.issuers.len();
                // Boxed because each request allocates the future that holds it.
                Box::pin(issuer.verify(token, &self.rules, index, now)).await
            }
            None => self.verify_anew(token, now).await,
        }
    }

    /// Returns who vouches for a token that is not remembered.
    pub(crate) fn source_for(&self, token: &str) -> Source {
        match self.introspects(token) {
            Some(_) => Source::Introspected,
            None => Source::Verified,
        }
    }

    /// Returns the issuer that is asked about the token, if one is.
    fn introspects(&self, token: &str) -> Option<&IntrospectedIssuer> {
        let issuer = self.introspected.as_ref()?;
        (!self.names_issuer_with_keys(token)).then_some(issuer)
    }

    /// Whether the token is a JWT that names an issuer whose keys are known.
    fn names_issuer_with_keys(&self, token: &str) -> bool {
        let payload = || {
            let jws = Jws::split(token, MAX_TOKEN_BYTES).ok()?;
            header::parse(&jws.header().ok()?).ok()?;
            String::from_utf8(jws.payload().ok()?).ok()
        };
        let Some(payload) = payload().filter(|_| !self.issuers.is_empty()) else {
            return false;
        };
        let Ok(claims) = Object::parse(&payload) else {
            return false;
        };
        let name = claims.get(Claim::Issuer.name()).and_then(Json::as_str);
        name.is_some_and(|name| {
            let mut names = self.issuers.iter().flat_map(|issuer| &issuer.names);
            names.any(|known| known == name)
        })
    }

    async fn verify_anew(&self, token: &str, now: SystemTime) -> Result<AccessToken, Failure> {
        match self.attempt(token, now, None) {
            Ok(verified) => Ok(verified),
            Err(Obstacle::Failed(failure)) => Err(failure),
            // Boxed because it is rare, and each request allocates the future that holds it.
            Err(Obstacle::NeedsKey(needed)) => {
                Box::pin(self.verify_later(token, now, needed)).await
            }
        }
    }

    /// Verifies a token whose key is not known, once a fetch had the chance to bring it.
    async fn verify_later(
        &self,
        token: &str,
        now: SystemTime,
        needed: NeededKey<'_>,
    ) -> Result<AccessToken, Failure> {
        let NeededKey {
            issuer,
            kid,
            algorithm,
        } = needed;
        let keys = issuer.keys.wait_for(kid.as_deref(), algorithm).await;
        let keys = keys.map_err(|error| match error {
            KeyError::Unknown => unknown_key(kid.as_deref()),
            KeyError::Unavailable { retry_after } => Failure::KeysUnavailable { retry_after },
        })?;
        self.attempt(token, now, Some(&keys))
            .map_err(|obstacle| match obstacle {
                Obstacle::Failed(failure) => failure,
                Obstacle::NeedsKey(_) => unknown_key(kid.as_deref()),
            })
    }

    /// Recalls a token that was verified before. Returns `None` if it has to be verified.
    fn recall(&self, token: &str, now: SystemTime) -> Option<Result<AccessToken, Failure>> {
        let memory = self.memory.as_ref()?;
        let recalled = memory.recall(token, |known| self.check_again(known, now))?;
        if matches!(recalled, None | Some(Err(Failure::Expired(_)))) {
            memory.forget(token);
        }
        recalled
    }

    /// Checks what may have changed since a token was verified. Returns `None` if its key set is not
    /// the current one: a key that left the set takes its tokens along.
    fn check_again(
        &self,
        known: &AccessToken,
        now: SystemTime,
    ) -> Option<Result<AccessToken, Failure>> {
        let origin = known.origin();
        let issuer = self.issuers.get(origin.issuer)?;
        if !issuer.has_key_set(origin.key_set, now) {
            return None;
        }
        let (not_before, expires) = (known.not_before(), known.expires());
        let valid = claims::check_validity(not_before, expires, self.rules.leeway, now);
        Some(valid.map(|()| known.copied(Source::Remembered)))
    }

    /// Verifies a token with these keys, or with the current keys of its issuer.
    fn attempt(
        &self,
        token: &str,
        now: SystemTime,
        fetched: Option<&KeySet>,
    ) -> Result<AccessToken, Obstacle<'_>> {
        let jws = Jws::split(token, MAX_TOKEN_BYTES)?;
        let header = jws.header()?;
        let header = header::parse(&header)?;
        let header = Header::check(&header, ACCESS_TOKEN_TYPES)?;
        let payload = String::from_utf8(jws.payload()?).ok();
        let signature = jws.signature()?;
        self.check_header(&header, now)?;

        // If there is nothing to choose, nothing is read before the signature is verified.
        let claims = match self.only_choice() {
            Some(_) => None,
            None => Some(read_claims(payload.as_deref())?),
        };
        let (index, issuer) = self.choose(claims.as_ref())?;
        if !issuer.accepts(header.algorithm, now) {
            return Err(Failure::AlgorithmNotAccepted(header.algorithm).into());
        }

        let current = issuer.keys.current();
        let secret = issuer.secret_for(header.algorithm, now);
        let keys = match secret {
            Some(secret) => Some(&*secret.keys),
            None => fetched.or(current.set()),
        };
        let keys = keys.filter(|keys| keys.serves(header.kid, header.algorithm));
        let keys = keys.ok_or_else(|| {
            Obstacle::NeedsKey(NeededKey {
                issuer,
                kid: header.kid.map(Box::from),
                algorithm: header.algorithm,
            })
        })?;
        let message = jws.message.as_bytes();
        let mut candidates = keys.candidates(header.kid, header.algorithm);
        let Some(signer) = candidates.find(|key| key.has_signed(message, &signature)) else {
            // A fetch can replace the issuer's keys, but not a configured secret.
            if secret.is_none() {
                issuer.keys.signature_failed();
            }
            return Err(Failure::Signature.into());
        };

        let claims = match claims {
            Some(claims) => claims,
            None => read_claims(payload.as_deref())?,
        };
        let text = payload.as_deref().unwrap_or_default();
        let draft = claims::check(&claims, text.len(), &self.expected(issuer), now)?;
        let origin = Origin {
            issuer: index,
            key_set: Some(keys.generation()),
            key: signer.fingerprint(),
            source: Source::Verified,
        };
        let verified = AccessToken::new(payload.unwrap_or_default(), draft, origin);
        if let Some(memory) = &self.memory {
            memory.remember(token, &verified);
        }
        Ok(verified)
    }

    /// Checks what is configured for all issuers.
    fn check_header(&self, header: &Header<'_>, now: SystemTime) -> Result<(), Failure> {
        if self.rules.at_jwt && !header.has_type(AT_JWT) {
            return Err(Malformed::NotAtJwt.into());
        }
        let mut issuers = self.issuers.iter();
        if issuers.any(|issuer| issuer.accepts(header.algorithm, now)) {
            Ok(())
        } else {
            Err(Failure::AlgorithmNotAccepted(header.algorithm))
        }
    }

    /// Returns the only issuer whose keys can be tried, if there is nothing to choose.
    fn only_choice(&self) -> Option<&Issuer> {
        match &*self.issuers {
            [only] if only.names.len() <= 1 || !only.keys.fetches() => Some(only),
            _ => None,
        }
    }

    /// Returns the issuer that the unverified claims name. It decides whose keys are tried and
    /// nothing else. Without claims there must be only one choice.
    fn choose(&self, claims: Option<&Object<'_>>) -> Result<(usize, &Issuer), InvalidClaim> {
        if let Some(only) = self.only_choice() {
            return Ok((0, only));
        }
        let claimed = claims
            .and_then(|claims| claims.get(Claim::Issuer.name()))
            .ok_or(InvalidClaim::Missing(Claim::Issuer))?;
        let claimed = claimed
            .as_str()
            .ok_or(InvalidClaim::WrongType(Claim::Issuer))?;
        let mut issuers = self.issuers.iter().enumerate();
        issuers
            .find(|(_, issuer)| issuer.names.iter().any(|name| name == claimed))
            .ok_or_else(|| InvalidClaim::Issuer(quoted(claimed)))
    }

    /// Returns what the claims of a signed token from this issuer have to be like.
    fn expected<'v>(&'v self, issuer: &'v Issuer) -> Expected<'v> {
        Expected {
            issuers: &issuer.names,
            audiences: &issuer.audience,
            audience_claims: &issuer.audience_claims,
            claim_names: &self.rules.claim_names,
            presence: if self.rules.at_jwt {
                Presence::AtJwt
            } else {
                Presence::Signed
            },
            leeway: self.rules.leeway,
            max_lifetime: self.rules.max_lifetime,
        }
    }
}

impl Issuer {
    fn accepts(&self, algorithm: Algorithm, now: SystemTime) -> bool {
        self.algorithms.contains(&algorithm) || self.secret_for(algorithm, now).is_some()
    }

    /// Returns the secret that verifies this algorithm at this time, if there is one beside the keys.
    fn secret_for(&self, algorithm: Algorithm, now: SystemTime) -> Option<&TemporarySecret> {
        let secret = self.secret.as_ref()?;
        (algorithm == Algorithm::HS256 && now < secret.until).then_some(secret)
    }

    /// Whether a token that was verified with this generation of a key set would be today.
    fn has_key_set(&self, generation: Option<u64>, now: SystemTime) -> bool {
        let secret = self.secret_for(Algorithm::HS256, now);
        self.keys.generation() == generation
            || secret.is_some_and(|secret| Some(secret.keys.generation()) == generation)
    }
}

impl<F: Into<Failure>> From<F> for Obstacle<'_> {
    fn from(failure: F) -> Self {
        Self::Failed(failure.into())
    }
}

/// Reads the claims in a payload, which is `None` if it is not UTF-8.
fn read_claims(payload: Option<&str>) -> Result<Object<'_>, Malformed> {
    let payload = payload.ok_or(Malformed::NotUtf8(Part::Payload))?;
    Object::parse(payload).map_err(|error| Malformed::Json(Part::Payload, error))
}

fn unknown_key(kid: Option<&str>) -> Failure {
    Failure::UnknownKey(kid.map(quoted))
}
