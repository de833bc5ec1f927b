//! Verifies a token without waiting, or says what it would have to wait for.

use std::time::SystemTime;

use super::claims::{self, Expected, Presence};
use super::failure::{Failure, InvalidClaim, Malformed};
use super::header::{self, Header};
use super::introspected::IntrospectedIssuer;
use super::issuer::Issuer;
use super::jws::Jws;
use super::payload::Payload;
use super::{ACCESS_TOKEN_TYPES, AT_JWT, MAX_TOKEN_BYTES, Verifier};
use crate::jwks::{Algorithm, KeySet};
use crate::token::{
    AccessToken, Claim, Document, Draft, FoundClaims, Object, Origin, Source, quoted,
};

/// The reason why a token could not be verified without waiting.
pub(super) enum Obstacle<'v> {
    Failed(Failure),
    /// No known key fits the token, but one that has not been fetched yet may.
    NeedsKey(NeededKey<'v>),
    /// It is not a token of an issuer whose keys are known, and there is an issuer to ask about it.
    NeedsIntrospection(&'v IntrospectedIssuer),
}

pub(super) struct NeededKey<'v> {
    pub(super) issuer: &'v Issuer,
    pub(super) kid: Option<Box<str>>,
    pub(super) algorithm: Algorithm,
}

/// The key that has signed a token.
struct Signer {
    /// The generation of its set.
    key_set: u64,
    /// The fingerprint of the key, which a secret does not have.
    key: Option<u64>,
}

impl Verifier {
    /// Verifies a token with these keys, or with the current keys of its issuer.
    pub(super) fn attempt(
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
        let payload = match &self.introspected {
            None => jws.payload().map(Payload::Unread),
            Some(issuer) => {
                let claims = self.claims_of_known_issuer(&jws);
                Ok(Payload::Read(
                    claims.ok_or(Obstacle::NeedsIntrospection(issuer))?,
                ))
            }
        };
        let header = match header {
            Ok(known) => known,
            Err(parameters) => Header::check(parameters.object(), ACCESS_TOKEN_TYPES)?,
        };
        let mut payload = payload?;
        let signature = jws.signature()?;
        self.check_header(&header, now)?;

        // If there is only one choice, no claim is read before the signature is verified.
        if self.only_choice().is_none() {
            payload = Payload::Read(payload.read()?);
        }
        let (index, issuer) = self.choose(payload.claims())?;
        if !issuer.accepts(header.algorithm, now) {
            return Err(Failure::AlgorithmNotAccepted(header.algorithm).into());
        }

        let signer = find_signer(issuer, &header, &jws, &signature, fetched, now)?;
        if known.header().is_none() {
            self.known_headers.remember(jws.header, &header);
        }

        let expected = self.expected(issuer);
        let check = |claims: &FoundClaims<'_>| claims::check(claims, &expected, now);
        let draft = Draft::new(payload.read()?, &self.rules.claim_names, check)?;
        let origin = Origin {
            issuer: index,
            key_set: Some(signer.key_set),
            key: signer.key,
            source: Source::Verified,
        };
        let verified = AccessToken::new(draft, origin);
        if let Some(memory) = &self.memory {
            memory.remember(token, &verified);
        }
        Ok(verified)
    }

    /// Returns the obstacle for a token that is not a JWT.
    fn unreadable(&self, malformed: Malformed) -> Obstacle<'_> {
        match &self.introspected {
            Some(issuer) => Obstacle::NeedsIntrospection(issuer),
            None => malformed.into(),
        }
    }

    /// Reads the claims if they name an issuer whose keys are known.
    pub(super) fn claims_of_known_issuer(&self, jws: &Jws<'_>) -> Option<Document<String>> {
        let claims = Payload::Unread(jws.payload().ok()?).read().ok()?;
        let name = claims.object().get(Claim::Issuer.name())?.as_str()?;
        let mut names = self.issuers.iter().flat_map(|issuer| &issuer.names);
        names.any(|known| known == name).then_some(claims)
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
    pub(super) fn only_choice(&self) -> Option<&Issuer> {
        match &*self.issuers {
            [only] if only.names.len() <= 1 || !only.keys.fetches() => Some(only),
            _ => None,
        }
    }

    /// Returns the issuer that the unverified claims name. It only decides whose keys are tried.
    /// Without claims there must be only one choice.
    fn choose(&self, claims: Option<Object<'_>>) -> Result<(usize, &Issuer), InvalidClaim> {
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
    pub(super) fn expected<'v>(&'v self, issuer: &'v Issuer) -> Expected<'v> {
        Expected {
            issuers: &issuer.names,
            audiences: &issuer.audience,
            audience_claims: &issuer.audience_claims,
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

/// Finds the key that has signed a token, among these keys, or among the current keys of its issuer.
fn find_signer<'v>(
    issuer: &'v Issuer,
    header: &Header<'_>,
    jws: &Jws<'_>,
    signature: &[u8],
    fetched: Option<&KeySet>,
    now: SystemTime,
) -> Result<Signer, Obstacle<'v>> {
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
    let Some(signer) = candidates.find(|key| key.has_signed(message, signature)) else {
        // A fetch can replace the issuer's keys, but not a configured secret.
        if secret.is_none() {
            issuer.keys.signature_failed();
        }
        return Err(Failure::Signature.into());
    };
    Ok(Signer {
        key_set: keys.generation(),
        key: signer.fingerprint(),
    })
}

impl<F: Into<Failure>> From<F> for Obstacle<'_> {
    fn from(failure: F) -> Self {
        Self::Failed(failure.into())
    }
}

#[cfg(test)]
mod tests;
