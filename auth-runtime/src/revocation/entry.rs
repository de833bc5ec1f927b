//! Defines a revocation: what it names, which tokens it matches, and how long it is kept.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

/// What a revocation identifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// One token, by its `jti`.
    Token,
    /// A session, by its `sid`.
    Session,
    /// A client, by its `client_id` or `azp`.
    Client,
    /// A user, by its `sub`.
    User,
}

/// A revocation within one issuer.
///
/// Revocations of the same [`Name`] are merged. The result matches every token that one of them
/// matches.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Revocation {
    pub(crate) name: Name,
    /// The last second, since 1970, whose tokens are revoked. It has no effect for [`Kind::Token`].
    pub(crate) issued_until: i64,
    /// The second since 1970 from which the revocation is no longer needed.
    pub(crate) expires: i64,
}

/// The issuer, the kind and the value that a revocation is about.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Name {
    pub(crate) issuer: Box<str>,
    pub(crate) kind: Kind,
    pub(crate) value: Box<str>,
}

/// The claims of a token by which it can be revoked.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Identifiers<'t> {
    /// The issuer that vouches for the token. It is empty if a shared secret vouches for it.
    pub(crate) issuer: &'t str,
    pub(crate) jti: Option<&'t str>,
    pub(crate) sid: Option<&'t str>,
    pub(crate) client_id: Option<&'t str>,
    pub(crate) azp: Option<&'t str>,
    pub(crate) sub: Option<&'t str>,
    /// Only introspected tokens lack it.
    pub(crate) iat: Option<f64>,
}

impl Kind {
    #[cfg(any(test, feature = "redis"))]
    pub(crate) const ALL: [Self; 4] = [Self::Token, Self::Session, Self::Client, Self::User];

    /// Returns the name of the claim that carries the value. It is also what the shared store calls
    /// the kind.
    pub(crate) const fn claim(self) -> &'static str {
        match self {
            Self::Token => "jti",
            Self::Session => "sid",
            Self::Client => "client_id",
            Self::User => "sub",
        }
    }

    #[cfg(any(test, feature = "redis"))]
    pub(crate) fn from_claim(claim: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.claim() == claim)
    }
}

impl Revocation {
    /// Returns whether the revocation matches a token with this `iat` that has the named value.
    pub(crate) fn hits(&self, iat: Option<f64>) -> bool {
        match (self.name.kind, iat) {
            (Kind::Token, _) | (_, None) => true,
            (_, Some(iat)) => iat.floor() <= seconds(self.issued_until),
        }
    }

    /// Extends the revocation to everything that the other one matches, and for as long.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.issued_until = self.issued_until.max(other.issued_until);
        self.expires = self.expires.max(other.expires);
    }

    /// Returns whether merging the other one would change nothing.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.name == other.name
            && self.issued_until >= other.issued_until
            && self.expires >= other.expires
    }
}

impl<'t> Identifiers<'t> {
    /// Returns each kind and value by which the token can be revoked.
    pub(crate) fn values(&self) -> impl Iterator<Item = (Kind, &'t str)> {
        // A token whose `azp` repeats its `client_id` is looked up once.
        let azp = self.azp.filter(|azp| self.client_id != Some(*azp));
        [
            (Kind::Token, self.jti),
            (Kind::Session, self.sid),
            (Kind::Client, self.client_id),
            (Kind::Client, azp),
            (Kind::User, self.sub),
        ]
        .into_iter()
        .filter_map(|(kind, value)| Some((kind, value?)))
    }
}

/// Returns whole seconds since 1970.
pub(super) fn unix_seconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        // If the clock is before 1970, no revocation has expired.
        Err(_) => 0,
    }
}

/// Converts seconds to the type of `iat`.
#[expect(clippy::cast_precision_loss, reason = "times below 2^53 are exact")]
fn seconds(seconds: i64) -> f64 {
    seconds as f64
}

/// Hides the value, which is personal data.
impl fmt::Debug for Revocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Revocation")
            .field("kind", &self.name.kind)
            .field("issued_until", &self.issued_until)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revocation(kind: Kind, issued_until: i64) -> Revocation {
        Revocation {
            name: Name {
                issuer: "i".into(),
                kind,
                value: "v".into(),
            },
            issued_until,
            expires: 0,
        }
    }

    #[test]
    fn tokens_issued_up_to_the_second_of_the_call_are_revoked_and_later_ones_are_not() {
        for kind in [Kind::Session, Kind::Client, Kind::User] {
            let revocation = revocation(kind, 100);
            for iat in [-1.0, 0.0, 99.0, 100.0, 100.999] {
                assert!(revocation.hits(Some(iat)), "{kind:?} {iat}");
            }
            for iat in [101.0, 101.5, 1e300] {
                assert!(!revocation.hits(Some(iat)), "{kind:?} {iat}");
            }
            assert!(revocation.hits(None), "{kind:?} without `iat`");
        }
    }

    #[test]
    fn a_revoked_jti_is_revoked_whenever_it_was_issued() {
        let revocation = revocation(Kind::Token, 0);
        for iat in [None, Some(0.0), Some(1e12)] {
            assert!(revocation.hits(iat), "{iat:?}");
        }
    }

    #[test]
    fn a_merged_revocation_covers_both() {
        let (mut a, mut b) = (revocation(Kind::User, 5), revocation(Kind::User, 3));
        (a.expires, b.expires) = (10, 20);
        let mut merged = a.clone();
        merged.merge(&b);
        assert!(merged.covers(&a) && merged.covers(&b));
        assert!(!a.covers(&b) && !b.covers(&a));
        assert_eq!((merged.issued_until, merged.expires), (5, 20));
    }

    #[test]
    fn every_kind_is_found_by_its_claim() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_claim(kind.claim()), Some(kind));
        }
        assert_eq!(Kind::from_claim("azp"), None);
    }

    #[test]
    fn debug_output_shows_no_value() {
        let shown = format!("{:?}", revocation(Kind::User, 1));
        assert!(
            shown.contains("User") && !shown.contains("\"v\""),
            "{shown}"
        );
    }
}
