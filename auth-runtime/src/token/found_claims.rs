//! Finds all claims that verification and [`Draft`](super::Draft) need in one pass over the members.
//! Looking for each of them by name would pass over all members each time, which would be a quarter
//! of the instructions for a new token without its signature.

use smallvec::SmallVec;

use super::claim::Claim;
use super::json::{Json, Located, Object};

/// The claims of a token, by name.
pub(crate) struct FoundClaims<'c> {
    all: Object<'c>,
    registered: [Option<Located<'c>>; Claim::COUNT],
    others: SmallVec<[(&'c str, Located<'c>); 8]>,
}

impl<'c> FoundClaims<'c> {
    /// Finds the claims among the members of an object, in which no name occurs twice.
    pub(crate) fn new(all: Object<'c>) -> Self {
        let mut found = Self {
            all,
            registered: [None; Claim::COUNT],
            others: SmallVec::new(),
        };
        for (name, located) in all.located() {
            let claim = Claim::named(name).map(|claim| claim as usize);
            match claim.and_then(|index| found.registered.get_mut(index)) {
                Some(place) => *place = Some(located),
                None => found.others.push((name, located)),
            }
        }
        found
    }

    /// Returns a claim, whose type is not checked.
    #[inline]
    pub(crate) fn get(&self, claim: Claim) -> Option<Json<'c>> {
        let located = *self.registered.get(claim as usize)?;
        Some(self.all.value(located?))
    }

    /// Returns the claim of this name or, if the name begins with `/`, the value that it leads to
    /// as a JSON pointer (RFC 6901).
    pub(crate) fn at(&self, name: &str) -> Option<Json<'c>> {
        if name.starts_with('/') {
            return self.all.at(name);
        }
        if let Some(claim) = Claim::named(name) {
            return self.get(claim);
        }
        let mut others = self.others.iter();
        let (_, located) = others.find(|(own, _)| *own == name)?;
        Some(self.all.value(*located))
    }
}
