//! Asks the issuer whether a token is active (introspection, RFC 7662). This module knows nothing
//! about Rocket, and leaves the rules for claims to [`verify`](crate::verify).

mod answer;
mod client_key;
mod credentials;
mod error;
mod introspector;
mod memory;
mod outage;
mod pending;

pub(crate) use self::answer::Answer;
pub(crate) use self::client_key::ClientKey;
pub(crate) use self::credentials::{Credentials, Method};
pub(crate) use self::error::Unavailable;
pub(crate) use self::introspector::{Endpoint, Introspector};
