//! Holds the claims of a token from their check until the token is accepted.

use super::claim_names::ClaimNames;
use super::extract::{Extract, Span};
use super::found_claims::FoundClaims;
use super::json::Document;

/// Claims that have passed their checks, and what was extracted from them.
pub(crate) struct Draft {
    pub(super) claims: Document<String>,
    pub(super) extract: Extract,
    /// The strings that the extract refers to and the text has only with escapes. They belong behind the
    /// text.
    pub(super) copies: String,
}

impl Draft {
    /// Extracts what every token keeps from claims that pass a check.
    ///
    /// # Errors
    /// Fails if the check does.
    pub(crate) fn new<E>(
        claims: Document<String>,
        names: &ClaimNames,
        check: impl FnOnce(&FoundClaims<'_>) -> Result<(), E>,
    ) -> Result<Self, E> {
        let (extract, copies) = {
            let found = FoundClaims::new(claims.object());
            check(&found)?;
            Extract::new(claims.text().len(), &found, names)
        };
        Ok(Self {
            claims,
            extract,
            copies,
        })
    }

    /// Sets the issuer of claims that do not name one.
    pub(crate) fn assume_issuer(&mut self, issuer: &str) {
        if self.extract.issuer.is_none() {
            let start = self.claims.text().len() + self.copies.len();
            self.extract.issuer = Span::new(start, issuer.len());
            self.copies.push_str(issuer);
        }
    }
}
