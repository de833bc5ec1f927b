//! Reads and writes revocations in the shared store. Later versions may only add members, because
//! several versions of this crate may share a store.

use serde::{Deserialize, Serialize};

use super::entry::Revocation;
#[cfg(any(test, feature = "redis"))]
use super::entry::{Kind, Name};
use crate::store::Record;

#[derive(Serialize, Deserialize)]
struct Text<'a> {
    #[serde(borrow)]
    iss: std::borrow::Cow<'a, str>,
    /// The claim that is revoked.
    claim: std::borrow::Cow<'a, str>,
    value: std::borrow::Cow<'a, str>,
    /// The last second whose tokens are revoked.
    until: i64,
    /// The second from which the revocation is no longer needed.
    expires: i64,
}

/// The reason why a record is not a revocation.
#[cfg(any(test, feature = "redis"))]
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotARevocation {
    #[error("it is not the JSON of a revocation: {0}")]
    Json(#[from] serde_json::Error),
    #[error("it revokes by a claim that this version does not know")]
    Kind,
}

impl Revocation {
    pub(crate) fn to_record(&self) -> Record {
        let text = Text {
            iss: (&*self.name.issuer).into(),
            claim: self.name.kind.claim().into(),
            value: (&*self.name.value).into(),
            until: self.issued_until,
            expires: self.expires,
        };
        Record {
            // Strings and numbers can always be serialised.
            text: serde_json::to_string(&text).unwrap_or_default(),
            expires: self.expires,
        }
    }

    /// Parses a record.
    ///
    /// # Errors
    /// Fails if the record was written by something else, or by a version that knows more.
    #[cfg(any(test, feature = "redis"))]
    pub(crate) fn from_record(text: &str) -> Result<Self, NotARevocation> {
        let text: Text<'_> = serde_json::from_str(text)?;
        Ok(Self {
            name: Name {
                issuer: text.iss.into(),
                kind: Kind::from_claim(&text.claim).ok_or(NotARevocation::Kind)?,
                value: text.value.into(),
            },
            issued_until: text.until,
            expires: text.expires,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_text_of_a_record_does_not_change() {
        let text = r#"{"iss":"https://i/","claim":"sub","value":"a\"b","until":5,"expires":9}"#;
        let revocation = Revocation::from_record(text).unwrap();
        assert_eq!(revocation.name.kind, Kind::User);
        assert_eq!(&*revocation.name.value, "a\"b");
        assert_eq!(revocation.to_record().text, text);
        let newer = text.replacen('{', r#"{"new":1,"#, 1);
        assert_eq!(Revocation::from_record(&newer).unwrap(), revocation);
        for bad in ["", "{}", &text.replace("sub", "azp")] {
            assert!(Revocation::from_record(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn every_revocation_is_read_as_it_was_written(
            issuer in ".*", kind in 0..4_usize, value in ".*", issued_until: i64, expires: i64,
        ) {
            let name = Name { issuer: issuer.into(), kind: Kind::ALL[kind], value: value.into() };
            let revocation = Revocation { name, issued_until, expires };
            let read = Revocation::from_record(&revocation.to_record().text).unwrap();
            prop_assert_eq!(read, revocation);
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in ".*") {
            let _ = Revocation::from_record(&text);
        }
    }
}
