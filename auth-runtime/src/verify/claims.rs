//! Checks registered claims (RFC 7519 §4.1).

use std::time::{SystemTime, UNIX_EPOCH};

use smallvec::{SmallVec, smallvec};

use super::failure::{Failure, InvalidClaim};
use crate::token::{Claim, Confirmation, FoundClaims, Text, quoted};

/// The expectations that the claims of a token must meet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected<'r> {
    /// The accepted issuers. With none, tokens need not name their issuer.
    pub(crate) issuers: &'r [String],
    pub(crate) audiences: &'r [String],
    /// Where the audience may be.
    pub(crate) audience_claims: &'r [AudienceClaim],
    pub(crate) presence: Presence,
    /// The clock skew allowed for `exp` and `nbf`, in seconds.
    pub(crate) leeway: f64,
    /// The longest time from `iat` to `exp`, in seconds. If there is one, both must be present.
    pub(crate) max_lifetime: Option<f64>,
}

/// Which claims must be present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// The token is signed: `exp` and `aud`, and `iss` unless no issuer is configured.
    Signed,
    /// The token is signed and follows RFC 9068: `sub`, `client_id`, `jti` and `iat` as well.
    AtJwt,
    /// The token was introspected (RFC 7662), so `exp` and `iss` may be absent.
    Introspected {
        /// `true` if `aud` must be present.
        audience: bool,
    },
}

/// A claim that may hold the audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AudienceClaim {
    Audience,
    /// Counts only in a token without `aud`, like the next.
    ClientId,
    AuthorizedParty,
}

/// Checks claims at this time, `exp` before all others. The caller has checked that the issuer vouches
/// for them.
///
/// # Errors
/// Returns the first check that fails.
pub(crate) fn check(
    claims: &FoundClaims<'_>,
    expected: &Expected<'_>,
    now: SystemTime,
) -> Result<(), Failure> {
    check_times(claims, expected, now)?;
    // The same issuer signs logout tokens and security events, which are not access tokens.
    if claims.get(Claim::Events).is_some() {
        return Err(InvalidClaim::SecurityEvent.into());
    }
    check_issuer(claims, expected)?;
    check_audience(claims, expected)?;
    string(claims, Claim::Subject)?;
    if claims
        .get(Claim::Confirmation)
        .is_some_and(|cnf| Confirmation::parse(cnf).is_none())
    {
        return Err(InvalidClaim::WrongType(Claim::Confirmation).into());
    }
    if expected.presence == Presence::AtJwt {
        check_profile(claims)?;
    }
    if let Some(max_lifetime) = expected.max_lifetime {
        check_lifetime(claims, max_lifetime)?;
    }
    Ok(())
}

/// Checks a time against the claims `nbf` and `exp`.
pub(crate) fn check_validity(
    not_before: Option<f64>,
    expires: Option<f64>,
    leeway: f64,
    now: SystemTime,
) -> Result<(), Failure> {
    // If the clock is before 1970, every token counts as expired.
    let now = now
        .duration_since(UNIX_EPOCH)
        .map_or(f64::INFINITY, |now| now.as_secs_f64());
    // RFC 7519 §4.1.4: a token is expired on or after its `exp`.
    if let Some(expires) = expires
        && now >= expires + leeway
    {
        return Err(Failure::Expired(now - expires));
    }
    match not_before {
        Some(not_before) if now + leeway < not_before => {
            Err(InvalidClaim::NotYetValid(not_before - now).into())
        }
        _ => Ok(()),
    }
}

fn check_times(
    claims: &FoundClaims<'_>,
    expected: &Expected<'_>,
    now: SystemTime,
) -> Result<(), Failure> {
    let expires = number(claims, Claim::Expiry)?;
    if expires.is_none() && !matches!(expected.presence, Presence::Introspected { .. }) {
        return Err(InvalidClaim::Missing(Claim::Expiry).into());
    }
    check_validity(None, expires, expected.leeway, now)?;
    let not_before = number(claims, Claim::NotBefore)?;
    check_validity(not_before, None, expected.leeway, now)?;
    number(claims, Claim::IssuedAt)?;
    Ok(())
}

/// Checks that a token does not live longer than its revocation, because it would be accepted again
/// afterwards.
fn check_lifetime(claims: &FoundClaims<'_>, max_lifetime: f64) -> Result<(), InvalidClaim> {
    let present = |claim| number(claims, claim)?.ok_or(InvalidClaim::Missing(claim));
    let issued = present(Claim::IssuedAt)?;
    let expires = present(Claim::Expiry)?;
    if expires - issued > max_lifetime {
        return Err(InvalidClaim::LivesTooLong(expires - issued));
    }
    Ok(())
}

fn check_issuer(claims: &FoundClaims<'_>, expected: &Expected<'_>) -> Result<(), InvalidClaim> {
    let issuer = string(claims, Claim::Issuer)?;
    match issuer {
        _ if expected.issuers.is_empty() => Ok(()),
        Some(issuer) if expected.issuers.iter().any(|name| name == issuer) => Ok(()),
        Some(issuer) => Err(InvalidClaim::Issuer(quoted(issuer))),
        None if matches!(expected.presence, Presence::Introspected { .. }) => Ok(()),
        None => Err(InvalidClaim::Missing(Claim::Issuer)),
    }
}

fn check_audience(claims: &FoundClaims<'_>, expected: &Expected<'_>) -> Result<(), InvalidClaim> {
    let Some(audiences) = audiences(claims, expected.audience_claims)? else {
        return if expected.presence == (Presence::Introspected { audience: false }) {
            Ok(())
        } else {
            Err(InvalidClaim::Missing(Claim::Audience))
        };
    };
    let is_accepted = |audience: &&str| expected.audiences.iter().any(|own| own == audience);
    if audiences.iter().any(is_accepted) {
        Ok(())
    } else {
        Err(InvalidClaim::Audience(quoted(&audiences.join(", "))))
    }
}

/// Returns the audiences that the token names, if it has one of these claims.
fn audiences<'c>(
    claims: &FoundClaims<'c>,
    audience_claims: &[AudienceClaim],
) -> Result<Option<SmallVec<[&'c str; 4]>>, InvalidClaim> {
    if let Some(audience) = claims.get(Claim::Audience) {
        // Another claim never widens what `aud` says.
        let wrong_type = InvalidClaim::WrongType(Claim::Audience);
        return if !audience_claims.contains(&AudienceClaim::Audience) {
            Err(wrong_type)
        } else if let Some(audience) = audience.as_str() {
            Ok(Some(smallvec![audience]))
        } else {
            let list = audience.as_strings().ok_or(wrong_type)?;
            Ok(Some(list.map(Text::as_str).collect()))
        };
    }
    for claim in audience_claims {
        if let Some(audience) = string(claims, claim.claim())? {
            return Ok(Some(smallvec![audience]));
        }
    }
    Ok(None)
}

/// Checks what RFC 9068 §2.2 requires beside `iss`, `exp` and `aud`.
fn check_profile(claims: &FoundClaims<'_>) -> Result<(), InvalidClaim> {
    for claim in [Claim::Subject, Claim::ClientId, Claim::TokenId] {
        string(claims, claim)?.ok_or(InvalidClaim::Missing(claim))?;
    }
    number(claims, Claim::IssuedAt)?.ok_or(InvalidClaim::Missing(Claim::IssuedAt))?;
    Ok(())
}

/// Returns the string that the claim is, if it is there.
fn string<'c>(claims: &FoundClaims<'c>, claim: Claim) -> Result<Option<&'c str>, InvalidClaim> {
    match claims.get(claim) {
        None => Ok(None),
        Some(value) => value
            .as_str()
            .map(Some)
            .ok_or(InvalidClaim::WrongType(claim)),
    }
}

/// Returns the number that the claim is, if it is there.
fn number(claims: &FoundClaims<'_>, claim: Claim) -> Result<Option<f64>, InvalidClaim> {
    match claims.get(claim) {
        None => Ok(None),
        Some(value) => value
            .as_f64()
            .map(Some)
            .ok_or(InvalidClaim::WrongType(claim)),
    }
}

impl AudienceClaim {
    fn claim(self) -> Claim {
        match self {
            Self::Audience => Claim::Audience,
            Self::ClientId => Claim::ClientId,
            Self::AuthorizedParty => Claim::AuthorizedParty,
        }
    }
}

#[cfg(test)]
mod tests;
