//! Judges accepted tokens by stricter rules.

use std::time::SystemTime;

use super::claims::{self, Expected, Presence};
use super::failure::{Failure, Malformed};
use super::{ACCESS_TOKEN_TYPES, AT_JWT, Header, Issuer, Jws, MAX_TOKEN_BYTES, Verifier, header};
use crate::jwks::Algorithm;
use crate::token::{AccessToken, FoundClaims};

/// Rules that may come into force. A rule that is `None` stays as it is.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) audience: Option<Box<[String]>>,
    pub(crate) algorithms: Option<Box<[Algorithm]>>,
    /// Whether tokens must follow RFC 9068, even if they need not now.
    pub(crate) at_jwt: bool,
    /// In seconds.
    pub(crate) leeway: Option<f64>,
    /// In seconds.
    pub(crate) max_lifetime: Option<f64>,
}

impl Verifier {
    /// Judges a token that was accepted, in the order of the checks of a verification. Its key and its
    /// signature were checked and are not checked again. Nothing is fetched, asked or remembered.
    ///
    /// # Errors
    /// Returns the first check that fails.
    pub(crate) fn judge(
        &self,
        token: &str,
        accepted: &AccessToken,
        candidate: &Candidate,
        now: SystemTime,
    ) -> Result<(), Failure> {
        let mut expected = match self.issuers.get(accepted.origin().issuer) {
            Some(issuer) => {
                judge_header(token, candidate, issuer, now)?;
                self.expected(issuer)
            }
            None => match &self.introspected {
                Some(issuer) => issuer.expected(&self.rules),
                // Every token has one or the other.
                None => return Ok(()),
            },
        };
        candidate.tighten(&mut expected);
        let claims = FoundClaims::new(accepted.claims().object());
        claims::check(&claims, &expected, now)
    }
}

impl Candidate {
    fn tighten<'c>(&'c self, expected: &mut Expected<'c>) {
        if let Some(audience) = &self.audience {
            expected.audiences = audience;
        }
        // The requirements of RFC 9068 on claims concern only signed tokens.
        if self.at_jwt && expected.presence == Presence::Signed {
            expected.presence = Presence::AtJwt;
        }
        if let Some(leeway) = self.leeway {
            expected.leeway = leeway;
        }
        // The issuer vouches for introspected tokens each time.
        if !matches!(expected.presence, Presence::Introspected { .. }) {
            expected.max_lifetime = self.max_lifetime.or(expected.max_lifetime);
        }
    }
}

fn judge_header(
    token: &str,
    candidate: &Candidate,
    issuer: &Issuer,
    now: SystemTime,
) -> Result<(), Failure> {
    if !candidate.at_jwt && candidate.algorithms.is_none() {
        return Ok(());
    }
    let jws = Jws::split(token, MAX_TOKEN_BYTES)?;
    let text = jws.header()?;
    let parameters = header::parse(&text)?;
    let header = Header::check(parameters.object(), ACCESS_TOKEN_TYPES)?;
    if candidate.at_jwt && !header.has_type(AT_JWT) {
        return Err(Malformed::NotAtJwt.into());
    }
    // A secret for the time of a migration is accepted beside the algorithms.
    let is_by_secret = issuer.secret_for(header.algorithm, now).is_some();
    match &candidate.algorithms {
        Some(accepted) if !is_by_secret && !accepted.contains(&header.algorithm) => {
            Err(Failure::AlgorithmNotAccepted(header.algorithm))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
