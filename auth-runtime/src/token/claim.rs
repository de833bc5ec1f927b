//! Names the claims with a meaning that this crate knows.

use std::fmt;

/// A claim with a registered meaning, as far as this crate reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    Issuer,
    Subject,
    Audience,
    Expiry,
    NotBefore,
    IssuedAt,
    TokenId,
    SessionId,
    ClientId,
    AuthorizedParty,
    Confirmation,
    Events,
}

impl Claim {
    pub(super) const COUNT: usize = Self::Events as usize + 1;

    /// Returns the claim of this name.
    #[inline]
    pub(super) fn named(name: &str) -> Option<Self> {
        // Slices are matched by their length and then byte by byte, and strings one after the other.
        Some(match name.as_bytes() {
            b"iss" => Self::Issuer,
            b"sub" => Self::Subject,
            b"aud" => Self::Audience,
            b"exp" => Self::Expiry,
            b"nbf" => Self::NotBefore,
            b"iat" => Self::IssuedAt,
            b"jti" => Self::TokenId,
            b"sid" => Self::SessionId,
            b"client_id" => Self::ClientId,
            b"azp" => Self::AuthorizedParty,
            b"cnf" => Self::Confirmation,
            b"events" => Self::Events,
            _ => return None,
        })
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Issuer => "iss",
            Self::Subject => "sub",
            Self::Audience => "aud",
            Self::Expiry => "exp",
            Self::NotBefore => "nbf",
            Self::IssuedAt => "iat",
            Self::TokenId => "jti",
            Self::SessionId => "sid",
            Self::ClientId => "client_id",
            Self::AuthorizedParty => "azp",
            Self::Confirmation => "cnf",
            Self::Events => "events",
        }
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_claim_is_found_by_its_name_and_by_no_other() {
        let names = [
            "iss",
            "sub",
            "aud",
            "exp",
            "nbf",
            "iat",
            "jti",
            "sid",
            "client_id",
            "azp",
            "cnf",
            "events",
        ];
        assert_eq!(names.len(), Claim::COUNT);
        for (index, name) in names.into_iter().enumerate() {
            let claim = Claim::named(name).unwrap();
            assert_eq!((claim.name(), claim as usize), (name, index));
            assert_eq!(claim.to_string(), name);
            for place in 0..name.len() {
                let mut other = name.to_owned();
                other.replace_range(place..=place, "_");
                assert_eq!(
                    Claim::named(&other).map(Claim::name),
                    names.contains(&&*other).then_some(&*other)
                );
            }
            assert_eq!(Claim::named(&format!("{name}s")), None);
            assert_eq!(Claim::named(&name[1..]), None);
        }
        assert_eq!(Claim::named(""), None);
    }
}
