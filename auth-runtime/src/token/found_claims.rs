//! Finds all claims that verification and [`Draft`](super::Draft) need in one pass over the members.
//! Looking for each of them by name would pass over all members each time, which would be a quarter
//! of the instructions for a new token without its signature.

use smallvec::SmallVec;

use super::claim::Claim;
use super::claim_path::ClaimPath;
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
    #[expect(
        clippy::inline_always,
        reason = "the caller knows the claim, so hardly anything is left of the function"
    )]
    #[inline(always)]
    pub(crate) fn get(&self, claim: Claim) -> Option<Json<'c>> {
        let located = *self.registered.get(claim as usize)?;
        Some(self.all.value(located?))
    }

    /// Returns the value at this path, which is parsed as a [`ClaimPath`].
    pub(crate) fn at(&self, path: &str) -> Option<Json<'c>> {
        let name = match ClaimPath::parse(path)? {
            ClaimPath::Name(name) => name,
            ClaimPath::Pointer(pointer) => return self.all.at(pointer),
        };
        if let Some(claim) = Claim::named(name) {
            return self.get(claim);
        }
        let mut others = self.others.iter();
        let (_, located) = others.find(|(own, _)| *own == name)?;
        Some(self.all.value(*located))
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::Document;
    use super::*;

    /// Names that `Claim` knows, other names, and names that look like JSON pointers.
    const TEXT: &str = r#"{"a":{"iss":[1,2],"b/c":3},"iss":4,"/iss":5,"/a/iss/0":6,"n\u0062f":7,
        "x\u0079":8,"":9,"~1":10,"exp":null,"events":{"sub":11}}"#;

    /// Checks the claims of a text.
    fn with_claims(text: &str, check: impl FnOnce(&FoundClaims<'_>)) {
        check(&FoundClaims::new(Document::parse(text).unwrap().object()));
    }

    #[test]
    fn a_registered_claim_is_the_member_of_its_name_at_the_top() {
        with_claims(TEXT, |claims| {
            let number = |claim| claims.get(claim).and_then(Json::as_f64);
            assert_eq!(number(Claim::Issuer), Some(4.0));
            assert_eq!(number(Claim::NotBefore), Some(7.0));
            assert!(matches!(claims.get(Claim::Expiry), Some(Json::Null)));
            assert!(matches!(claims.get(Claim::Events), Some(Json::Object(_))));
            assert!(claims.get(Claim::Subject).is_none());
            assert!(claims.get(Claim::TokenId).is_none());
        });
    }

    #[test]
    fn a_claim_is_found_by_any_name_and_by_pointer() {
        with_claims(TEXT, |claims| {
            let number = |name| claims.at(name).and_then(Json::as_f64);
            for (name, value) in [
                ("iss", 4.0),
                ("nbf", 7.0),
                ("xy", 8.0),
                ("", 9.0),
                ("/", 9.0),
                ("~1", 10.0),
                ("/iss", 4.0),
                ("/xy", 8.0),
                ("/a/iss/1", 2.0),
                ("/a/b~1c", 3.0),
                ("/events/sub", 11.0),
                ("/~01", 10.0),
            ] {
                assert_eq!(number(name), Some(value), "{name}");
            }
        });
    }

    /// Checks that such a name is always a pointer, so that it does not depend on the other members.
    #[test]
    fn a_member_whose_name_begins_with_a_slash_is_found_only_by_pointer() {
        with_claims(TEXT, |claims| {
            let number = |name| claims.at(name).and_then(Json::as_f64);
            assert_eq!(number("/~1iss"), Some(5.0));
            assert_eq!(number("/~1a~1iss~10"), Some(6.0));
            assert_eq!(number("/a/iss/0"), Some(1.0));
        });
        with_claims(r#"{"/iss":1}"#, |claims| {
            assert!(claims.at("/iss").is_none());
            assert!(claims.at("iss").is_none());
        });
    }

    #[test]
    fn an_absent_claim_is_not_found_by_a_similar_name() {
        with_claims(TEXT, |claims| {
            for name in [
                "sub", "is", "isss", "ISS", "x", "b/c", "a/iss", "/sub", "/a/sub", "/a/iss/2",
                "/iss/0", "/a/b/c", "/~2",
            ] {
                assert!(claims.at(name).is_none(), "{name}");
            }
        });
    }

    /// Checks that the claims are the same as those that are looked up one by one.
    #[test]
    fn each_of_many_members_is_found() {
        let names = ["iss", "sub", "aud", "exp", "jti", "cnf", "events"].map(str::to_owned);
        let names = (0..100).map(|number| format!("n{number}")).chain(names);
        let members: Vec<_> = names.map(|name| format!("\"{name}\":\"{name}\"")).collect();
        let text = format!("{{{}}}", members.join(","));
        let document = Document::parse(&text).unwrap();
        with_claims(&text, |claims| {
            for (name, value) in document.object().members() {
                let found = claims.at(name.as_str()).and_then(Json::as_str);
                assert_eq!(found, value.as_str());
                assert_eq!(found, Some(name.as_str()));
            }
        });
    }
}
