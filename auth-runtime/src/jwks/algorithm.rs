//! Defines the signature algorithms (RFC 7518 §3.1, RFC 8037 §3.1), and the type of key that each one
//! needs.

use std::fmt;
use std::str::FromStr;

/// A signature algorithm that this crate can verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Algorithm {
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
    /// `EdDSA` with Ed25519, which RFC 9864 calls `Ed25519`.
    EdDSA,
    HS256,
}

/// The type of a key. Each algorithm needs one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyType {
    Rsa,
    P256,
    P384,
    Ed25519,
    Secret,
}

/// The error for a name that is not that of a supported algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not a supported signature algorithm")]
pub(crate) struct UnknownAlgorithm;

impl Algorithm {
    /// The algorithms whose keys are public, so that a key set can hold them.
    pub(crate) const ASYMMETRIC: [Self; 9] = [
        Self::RS256,
        Self::RS384,
        Self::RS512,
        Self::PS256,
        Self::PS384,
        Self::PS512,
        Self::ES256,
        Self::ES384,
        Self::EdDSA,
    ];

    /// Returns the type of key that signs and verifies with this algorithm.
    pub(crate) const fn key_type(self) -> KeyType {
        match self {
            Self::RS256 | Self::RS384 | Self::RS512 | Self::PS256 | Self::PS384 | Self::PS512 => {
                KeyType::Rsa
            }
            Self::ES256 => KeyType::P256,
            Self::ES384 => KeyType::P384,
            Self::EdDSA => KeyType::Ed25519,
            Self::HS256 => KeyType::Secret,
        }
    }

    /// Returns whether signatures are verified with a public key.
    pub(crate) const fn is_asymmetric(self) -> bool {
        !matches!(self.key_type(), KeyType::Secret)
    }

    /// Returns the name that `alg` has in a token's header.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::RS384 => "RS384",
            Self::RS512 => "RS512",
            Self::PS256 => "PS256",
            Self::PS384 => "PS384",
            Self::PS512 => "PS512",
            Self::ES256 => "ES256",
            Self::ES384 => "ES384",
            Self::EdDSA => "EdDSA",
            Self::HS256 => "HS256",
        }
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    /// Parses the value of an `alg`. `Ed25519` is the same algorithm as `EdDSA`.
    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        Ok(match name {
            "RS256" => Self::RS256,
            "RS384" => Self::RS384,
            "RS512" => Self::RS512,
            "PS256" => Self::PS256,
            "PS384" => Self::PS384,
            "PS512" => Self::PS512,
            "ES256" => Self::ES256,
            "ES384" => Self::ES384,
            "EdDSA" | "Ed25519" => Self::EdDSA,
            "HS256" => Self::HS256,
            _ => return Err(UnknownAlgorithm),
        })
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_parsed_as_it_is_displayed() {
        for algorithm in Algorithm::ASYMMETRIC.into_iter().chain([Algorithm::HS256]) {
            assert_eq!(algorithm.to_string().parse(), Ok(algorithm));
        }
    }

    #[test]
    fn both_names_of_ed25519_are_one_algorithm() {
        assert_eq!("Ed25519".parse(), Ok(Algorithm::EdDSA));
        assert_eq!("EdDSA".parse(), Ok(Algorithm::EdDSA));
    }

    #[test]
    fn a_name_must_match_exactly() {
        for name in [
            "", "none", "rs256", "RS256 ", "RS1", "HS384", "HS512", "ES512", "ES256K", "Ed448",
            "EDDSA", "ed25519", "RSA-OAEP",
        ] {
            assert_eq!(name.parse::<Algorithm>(), Err(UnknownAlgorithm), "{name}");
        }
    }

    #[test]
    fn only_hs256_is_symmetric() {
        assert!(Algorithm::ASYMMETRIC.iter().all(|it| it.is_asymmetric()));
        assert!(!Algorithm::HS256.is_asymmetric());
    }
}
