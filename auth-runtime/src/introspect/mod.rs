//! Introspection (RFC 7662): the issuer says whether a token is active. Knows nothing of Rocket, and
//! leaves the rules for claims to [`verify`](crate::verify).

mod answer;
mod client_key;
mod credentials;
mod introspector;
mod memory;
mod outage;

pub(crate) use self::answer::Answer;
pub(crate) use self::client_key::ClientKey;
pub(crate) use self::credentials::{Credentials, Method};
pub(crate) use self::introspector::{Endpoint, Introspector, Unavailable};
