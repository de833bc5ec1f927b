//! Reads access tokens: the token in a request, the JSON in a token, and the claims of a verified
//! token. This module knows nothing about keys, rules or Rocket.

mod access_token;
mod authorization;
mod claim;
mod claim_names;
mod claim_path;
mod claims;
mod confirmation;
mod contents;
mod draft;
mod extract;
mod found_claims;
mod json;
mod origin;
mod quote;
pub(crate) mod scope;

pub use access_token::AccessToken;
pub(crate) use authorization::{AcceptedSchemes, Credentials, claimed_scheme};
pub(crate) use claim::Claim;
pub(crate) use claim_names::ClaimNames;
pub(crate) use claim_path::ClaimPath;
pub use claims::Claims;
pub(crate) use confirmation::Confirmation;
pub(crate) use contents::{Contents, Summary};
pub(crate) use draft::Draft;
pub(crate) use found_claims::FoundClaims;
#[cfg(fuzzing)]
pub(crate) use json::JsonProblem;
pub(crate) use json::{Document, Json, JsonError, Object, Text};
pub(crate) use origin::{Origin, Source};
pub(crate) use quote::quoted;
