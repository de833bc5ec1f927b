//! Keeps sources of different trust apart: a key that decides which keys are trusted for an issuer must
//! come from a source that is at least as strong as the issuer's.

use super::key::Row;
use super::reader::Reader;

/// Reports a key that decides on the keys of an issuer, but comes from a weaker source.
pub(super) fn check(reader: &mut Reader, issuer: &Row, decisive: &Row) {
    let (Some(of_issuer), Some(of_keys)) = (reader.source(issuer), reader.source(decisive)) else {
        return;
    };
    if of_keys.may_vouch_for(of_issuer) {
        return;
    }
    let message = format!(
        "it decides which keys are trusted for an issuer that comes from {of_issuer}, and {of_keys} \
         must not do that: set both in the same place"
    );
    reader.problem(decisive, message);
}
