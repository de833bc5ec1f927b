//! Access tokens: taking one out of a request, and what a verified one says. Knows nothing of
//! keys, rules or Rocket.

mod access_token;
mod bearer;
mod json;
mod payload;
mod quote;
pub(crate) mod scope;

pub(crate) use access_token::Read;
pub use access_token::{AccessToken, Claims};
pub(crate) use bearer::bearer;
pub(crate) use json::{Json, Names, Skipped};
pub(crate) use payload::{ClaimNames, Payload};
pub(crate) use quote::quoted;
