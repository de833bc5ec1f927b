//! Checks tokens that are bound to a key (RFC 7800): proofs of possession (`DPoP`, RFC 9449) and
//! client certificates (RFC 8705). This module knows neither Rocket nor HTTP clients.

mod certificate;
mod check;
mod known_keys;
mod nonce;
mod proof;
mod target;
#[cfg(test)]
mod tests;
mod thumbprint;

pub(crate) use self::certificate::{CertificateThumbprint, TrustedProxies};
pub(crate) use self::check::{BindingFailure, Bindings, Mechanism, Presented, ProofHeader};
pub(crate) use self::known_keys::KnownKeys;
pub(crate) use self::nonce::{Nonce, Nonces};
#[cfg(feature = "issuer")]
pub(crate) use self::proof::Proof;
#[cfg(any(feature = "issuer", fuzzing))]
pub(crate) use self::proof::Proven;
pub(crate) use self::proof::{ProofFailure, ProofVerifier};
pub(crate) use self::target::Target;
#[cfg(feature = "testing")]
pub(crate) use self::thumbprint::thumbprint;
