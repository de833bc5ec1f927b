//! Defines the ways in which tokens are verified.

use super::issuers::IssuerSettings;
use super::key_source::KeySettings;
use super::secrets::SecretSettings;
use crate::verify::TemporarySecret;

/// How tokens are verified.
#[derive(Debug)]
pub(crate) enum Mode {
    /// With the keys of their issuers.
    KeySets(Vec<IssuerSettings>),
    /// With the keys of their issuers, or with a secret until a migration ends.
    Migration(Vec<IssuerSettings>, TemporarySecret),
    /// With a secret that the issuer shares.
    SharedSecret(SecretSettings),
}

impl Mode {
    /// Returns whether there is an issuer whose signatures can be verified.
    pub(super) fn has_issuer_with_keys(&self) -> bool {
        let has_keys =
            |issuer: &IssuerSettings| !matches!(issuer.keys, KeySettings::Introspection(_));
        matches!(self, Self::KeySets(issuers) | Self::Migration(issuers, _) if issuers.iter().any(has_keys))
    }
}
