//! Headers that were read before. All tokens of one key have the same header, so that it need not be
//! decoded and parsed for each.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::jws::Claimed;
use crate::jwks::Algorithm;

/// Enough for the keys in use: an issuer has one or two.
const MOST: usize = 16;

/// Headers of tokens that were verified, as they are encoded. Only an issuer's own can get in.
#[derive(Debug, Default)]
pub(crate) struct Headers(ArcSwap<Vec<Arc<Known>>>);

#[derive(Debug)]
pub(super) struct Known {
    encoded: Box<str>,
    algorithm: Algorithm,
    kid: Option<Box<str>>,
    is_at_jwt: bool,
}

impl Headers {
    pub(super) fn find(&self, encoded: &str) -> Option<Arc<Known>> {
        self.0
            .load()
            .iter()
            .find(|known| *known.encoded == *encoded)
            .cloned()
    }

    pub(super) fn keep(&self, encoded: &str, claimed: &Claimed<'_>) {
        let new = Arc::new(Known {
            encoded: encoded.into(),
            algorithm: claimed.algorithm,
            kid: claimed.kid.as_deref().map(Box::from),
            is_at_jwt: claimed.is_at_jwt,
        });
        self.0.rcu(|known| {
            let others = known
                .iter()
                .filter(|known| known.encoded != new.encoded)
                .cloned();
            std::iter::once(Arc::clone(&new))
                .chain(others)
                .take(MOST)
                .collect::<Vec<_>>()
        });
    }
}

impl Known {
    pub(super) fn claimed(&self) -> Claimed<'_> {
        Claimed {
            algorithm: self.algorithm,
            kid: self.kid.as_deref().map(Into::into),
            is_at_jwt: self.is_at_jwt,
        }
    }
}
