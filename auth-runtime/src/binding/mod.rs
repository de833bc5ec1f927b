//! Tokens that are bound to a key (RFC 7800): proofs of possession (`DPoP`, RFC 9449) and client
//! certificates (RFC 8705). Knows neither Rocket nor HTTP clients.

mod certificate;
mod nonce;
mod target;

pub(crate) use self::certificate::{CertificateThumbprint, TrustedProxies};
pub(crate) use self::nonce::{Nonce, Nonces};
pub(crate) use self::target::Target;
