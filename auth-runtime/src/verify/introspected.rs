//! Verifies tokens of an issuer by introspection.

use std::time::SystemTime;

use super::claims;
use super::failure::{Failure, Malformed};
use super::{AudienceClaim, Expected, MAX_TOKEN_BYTES, Presence, Rules};
use crate::introspect::{Answer, Introspector, Unavailable};
use crate::token::{AccessToken, Document, Draft, FoundClaims, Origin, Source};

/// An issuer whose tokens are introspected.
#[derive(Debug)]
pub(crate) struct IntrospectedIssuer {
    pub(crate) names: Box<[String]>,
    pub(crate) audience: Box<[String]>,
    pub(crate) audience_claims: Box<[AudienceClaim]>,
    /// `true` if an answer must have an audience.
    pub(crate) requires_audience: bool,
    pub(crate) introspector: Introspector,
}

impl IntrospectedIssuer {
    /// Asks about a token, and checks the answer as the claims of a token.
    ///
    /// # Errors
    /// Returns the first check that fails.
    pub(super) async fn verify(
        &self,
        token: &str,
        rules: &Rules,
        index: usize,
        now: SystemTime,
    ) -> Result<AccessToken, Failure> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(Malformed::TooLong(MAX_TOKEN_BYTES).into());
        }
        if !is_b64token(token) {
            return Err(Malformed::NotB64Token.into());
        }
        let text = match self.introspector.ask(token).await {
            Ok(Answer::Active(text)) => text,
            Ok(Answer::Inactive) => return Err(Failure::Inactive),
            Err(Unavailable { retry_after }) => {
                return Err(Failure::IntrospectionUnavailable { retry_after });
            }
        };
        // This cannot fail, because the text was read before.
        let claims = Document::parse(text.as_ref().to_owned()).map_err(Malformed::Answer)?;
        let expected = self.expected(rules);
        let check = |claims: &FoundClaims<'_>| claims::check(claims, &expected, now);
        let mut draft = Draft::new(claims, &rules.claim_names, check)?;
        if let Some(name) = self.names.first() {
            draft.assume_issuer(name);
        }
        let origin = Origin {
            issuer: index,
            key_set: None,
            key: None,
            source: Source::Introspected,
        };
        Ok(AccessToken::new(draft, origin))
    }

    pub(super) fn expected<'v>(&'v self, rules: &'v Rules) -> Expected<'v> {
        Expected {
            issuers: &self.names,
            audiences: &self.audience,
            audience_claims: &self.audience_claims,
            presence: Presence::Introspected {
                audience: self.requires_audience,
            },
            leeway: rules.leeway,
            max_lifetime: None,
        }
    }
}

/// Returns whether the text has the form of a bearer token (RFC 6750 §2.1).
fn is_b64token(token: &str) -> bool {
    let body = token.trim_end_matches('=');
    let is_allowed = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/')
    };
    !body.is_empty() && body.bytes().all(is_allowed)
}

#[cfg(test)]
mod tests;
