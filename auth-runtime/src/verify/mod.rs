//! Verifies a token string with the keys of its issuer and the rules, which results in an
//! [`AccessToken`] or a reason to refuse it. This module knows nothing about Rocket or routes.

mod candidate;
mod claims;
mod failure;
pub(crate) mod header;
mod hints;
mod introspected;
mod issuer;
mod jws;
mod known_headers;
mod memory;
#[cfg(test)]
mod recall_tests;
mod replies;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;

use std::time::SystemTime;

pub(crate) use self::candidate::Candidate;
pub(crate) use self::claims::{AudienceClaim, Expected, Presence};
#[cfg(not(feature = "check"))]
use self::failure::{Claim, InvalidClaim};
#[cfg(feature = "check")]
pub(crate) use self::failure::{Claim, InvalidClaim};
pub(crate) use self::failure::{Failure, Malformed, Part, Unverified};
pub(crate) use self::header::Header;
pub(crate) use self::introspected::IntrospectedIssuer;
pub(crate) use self::issuer::{Issuer, TemporarySecret};
pub(crate) use self::jws::Jws;
pub(crate) use self::known_headers::KnownHeaders;
pub(crate) use self::memory::Memory;
pub(crate) use self::replies::Replies;
use crate::jwks::{Algorithm, KeyError, KeySet};
use crate::token::{AccessToken, ClaimNames, Json, Object, Origin, Source, quoted};

/// The maximum length of a token.
pub(crate) const MAX_TOKEN_BYTES: usize = 16 * 1024;
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
    /// What the headers of verified tokens say.
    pub(crate) known_headers: KnownHeaders,
}

/// The rules that all issuers share.
#[derive(Debug)]
pub(crate) struct Rules {
    /// Clock skew allowed for `exp` and `nbf`, in seconds.
    pub(crate) leeway: f64,
    pub(crate) claim_names: ClaimNames,
    /// `true` if tokens must follow RFC 9068.
    pub(crate) at_jwt: bool,
    /// The longest time from `iat` to `exp`, in seconds, if it is bounded.
    pub(crate) max_lifetime: Option<f64>,
}

/// The reason why a token could not be verified without waiting.
enum Obstacle<'v> {
    Failed(Failure),
    /// No known key fits the token, but one that has not been fetched yet may.
    NeedsKey(NeededKey<'v>),
    /// It is not a token of an issuer whose keys are known, and there is an issuer to ask about it.
    NeedsIntrospection(&'v IntrospectedIssuer),
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
    ) -> Result<AccessToken, Unverified> {
        if let Some(recalled) = self.recall(token, now) {
            return recalled.map_err(|failure| failure.decided_by(Source::Remembered));
        }
        let (verified, source) = match self.attempt(token, now, None) {
            Ok(verified) => (Ok(verified), Source::Verified),
            Err(Obstacle::Failed(failure)) => (Err(failure), Source::Verified),
            // These are boxed because each request allocates the future that holds them.
            Err(Obstacle::NeedsKey(needed)) => {
                let verified = Box::pin(self.verify_later(token, now, needed)).await;
                (verified, Source::Verified)
            }
            Err(Obstacle::NeedsIntrospection(issuer)) => {
                let index = self.issuers.len();
                let answered = Box::pin(issuer.verify(token, &self.rules, index, now)).await;
                (answered, Source::Introspected)
            }
        };
        verified.map_err(|failure| failure.decided_by(source))
    }

    /// Checks the times of a verified token again, for one whose verification may have waited.
    ///
    /// # Errors
    /// Fails if the token is expired or not valid yet.
    pub(crate) fn check_times(&self, token: &AccessToken, now: SystemTime) -> Result<(), Failure> {
        let (not_before, expires) = (token.not_before(), token.expires());
        claims::check_validity(not_before, expires, self.rules.leeway, now)
    }

    /// Returns whether tokens have to say which issuer they are from.
    #[cfg(feature = "check")]
    pub(crate) fn has_choice(&self) -> bool {
        self.only_choice().is_none()
    }

    /// Returns who vouches for a token that is not remembered.
    #[cfg(feature = "check")]
    pub(crate) fn source_for(&self, token: &str) -> Source {
        let payload = || {
            let jws = Jws::split(token, MAX_TOKEN_BYTES).ok()?;
            header::parse(&jws.header().ok()?).ok()?;
            String::from_utf8(jws.payload().ok()?).ok()
        };
        if self.introspected.is_none() {
            return Source::Verified;
        }
        match self.claims_of_known_issuer(payload().as_deref()) {
            Ok(_) => Source::Verified,
            Err(_) => Source::Introspected,
        }
    }

    /// Verifies a token whose key is not known, after a fetch that may bring it.
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
                Obstacle::NeedsKey(_) | Obstacle::NeedsIntrospection(_) => {
                    unknown_key(kid.as_deref())
                }
            })
    }

    /// Recalls a token that was verified before. Returns `None` if it has to be verified.
    ///
    /// What may have changed since is checked: the token's times, and that its key set is the current
    /// one, so that tokens of a key that left the set are verified again.
    #[inline]
    fn recall(&self, token: &str, now: SystemTime) -> Option<Result<AccessToken, Failure>> {
        let memory = self.memory.as_ref()?;
        let recalled = memory.recall(token, |known| self.has_key_set(known.origin(), now))?;
        match self.check_times(&recalled, now) {
            Ok(()) => Some(Ok(recalled)),
            Err(failure) => {
                if matches!(failure, Failure::Expired(_)) {
                    memory.forget(token);
                }
                Some(Err(failure))
            }
        }
    }

    /// Returns whether the key set that a token was verified with is the current one of its issuer.
    fn has_key_set(&self, origin: &Origin, now: SystemTime) -> bool {
        let issuer = self.issuers.get(origin.issuer);
        issuer.is_some_and(|issuer| issuer.has_key_set(origin.key_set, now))
    }

    /// Verifies a token with these keys, or with the current keys of its issuer.
    fn attempt(
        &self,
        token: &str,
        now: SystemTime,
        fetched: Option<&KeySet>,
    ) -> Result<AccessToken, Obstacle<'_>> {
        let unreadable = |malformed| self.unreadable(malformed);
        let jws = Jws::split(token, MAX_TOKEN_BYTES).map_err(unreadable)?;
        let known = self.known_headers.find(jws.header);
        let (text, parameters);
        let header = if let Some(header) = known.header() {
            Ok(header)
        } else {
            text = jws.header().map_err(unreadable)?;
            parameters = header::parse(&text).map_err(unreadable)?;
            Err(&parameters)
        };
        let payload = jws.payload().map(|payload| String::from_utf8(payload).ok());
        let (payload, malformed) = match payload {
            Ok(payload) => (payload, None),
            Err(malformed) => (None, Some(malformed)),
        };
        let claims = self.claims_of_known_issuer(payload.as_deref())?;
        let header = match header {
            Ok(known) => known,
            Err(parameters) => Header::check(parameters, ACCESS_TOKEN_TYPES)?,
        };
        if let Some(malformed) = malformed {
            return Err(malformed.into());
        }
        let signature = jws.signature()?;
        self.check_header(&header, now)?;

        // If there is only one choice, no claim is read before the signature is verified.
        let claims = match claims {
            None if self.only_choice().is_none() => Some(read_claims(payload.as_deref())?),
            claims => claims,
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
        let candidates = keys.and_then(|keys| {
            let mut candidates = keys.candidates(header.kid, header.algorithm).peekable();
            candidates.peek()?;
            Some((keys, candidates))
        });
        let Some((keys, mut candidates)) = candidates else {
            return Err(Obstacle::NeedsKey(NeededKey {
                issuer,
                kid: header.kid.map(Box::from),
                algorithm: header.algorithm,
            }));
        };
        let message = jws.message.as_bytes();
        let Some(signer) = candidates.find(|key| key.has_signed(message, &signature)) else {
            // A fetch can replace the issuer's keys, but not a configured secret.
            if secret.is_none() {
                issuer.keys.signature_failed();
            }
            return Err(Failure::Signature.into());
        };
        if known.header().is_none() {
            self.known_headers.remember(jws.header, &header);
        }

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

    /// What to do with a token that is not a JWT.
    fn unreadable(&self, malformed: Malformed) -> Obstacle<'_> {
        match &self.introspected {
            Some(issuer) => Obstacle::NeedsIntrospection(issuer),
            None => malformed.into(),
        }
    }

    /// Reads the claims, if there is an issuer to ask about tokens that do not name one whose keys are
    /// known.
    fn claims_of_known_issuer<'p>(
        &self,
        payload: Option<&'p str>,
    ) -> Result<Option<Object<'p>>, Obstacle<'_>> {
        let Some(issuer) = &self.introspected else {
            return Ok(None);
        };
        let claims = read_claims(payload).ok();
        let claims = claims.filter(|claims| {
            let name = claims.get(Claim::Issuer.name()).and_then(Json::as_str);
            let mut names = self.issuers.iter().flat_map(|issuer| &issuer.names);
            name.is_some_and(|name| names.any(|known| known == name))
        });
        claims.map_or(Err(Obstacle::NeedsIntrospection(issuer)), |claims| {
            Ok(Some(claims))
        })
    }

    /// Checks the rules that are configured for all issuers.
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

    /// Returns the issuer whose keys are tried, if there is only one.
    fn only_choice(&self) -> Option<&Issuer> {
        match &*self.issuers {
            [only] if only.names.len() <= 1 || !only.keys.fetches() => Some(only),
            _ => None,
        }
    }

    /// Returns the issuer that the unverified claims name. It only decides whose keys are tried.
    /// Without claims there must be only one choice.
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

    /// Returns the expectations for the claims of a signed token from this issuer.
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
