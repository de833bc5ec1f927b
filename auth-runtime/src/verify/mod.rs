//! Verifies a token string with the keys of its issuer and the rules, which results in an
//! [`AccessToken`] or a reason to refuse it. This module knows nothing about Rocket or routes.

mod attempt;
mod base64url;
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
mod payload;
#[cfg(test)]
mod recall_tests;
mod replies;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;

use std::time::SystemTime;

use self::attempt::{NeededKey, Obstacle};
pub(crate) use self::candidate::Candidate;
pub(crate) use self::claims::{AudienceClaim, Expected, Presence};
#[cfg(any(test, feature = "check"))]
pub(crate) use self::failure::InvalidClaim;
pub(crate) use self::failure::{Failure, Malformed, Part, Unverified};
pub(crate) use self::header::Header;
pub(crate) use self::introspected::IntrospectedIssuer;
pub(crate) use self::issuer::{Issuer, TemporarySecret};
pub(crate) use self::jws::Jws;
pub(crate) use self::known_headers::KnownHeaders;
pub(crate) use self::memory::Memory;
pub(crate) use self::replies::Replies;
use crate::jwks::KeyError;
use crate::token::{AccessToken, ClaimNames, Origin, Source, quoted};

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
        let claims = || {
            let jws = Jws::split(token, MAX_TOKEN_BYTES).ok()?;
            header::parse(&jws.header().ok()?).ok()?;
            self.claims_of_known_issuer(&jws)
        };
        if self.introspected.is_none() || claims().is_some() {
            Source::Verified
        } else {
            Source::Introspected
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
            KeyError::Unavailable {
                shortage,
                retry_after,
            } => Failure::KeysUnavailable {
                shortage,
                kid: kid.as_deref().map(quoted),
                retry_after,
            },
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
        let recalled = memory.recall(token, |origin| self.has_key_set(origin, now))?;
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
}

fn unknown_key(kid: Option<&str>) -> Failure {
    Failure::UnknownKey(kid.map(quoted))
}
