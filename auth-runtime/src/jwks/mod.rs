//! Key sets: parsing keys and sets, finding and fetching a set, and keeping it fresh. This room
//! knows neither tokens nor Rocket.

mod algorithm;
mod discovery;
mod document;
mod jwk;
mod key;
mod pem;
mod refresh;
mod set;
mod snapshot;
mod source;
#[cfg(test)]
pub(crate) mod test_keys;

pub(crate) use algorithm::Algorithm;
pub(crate) use discovery::{Discovery, Origin, joined};
pub(crate) use key::Key;
pub(crate) use pem::authorities;
pub(crate) use refresh::{Remote, Times};
pub(crate) use set::{KeySet, MAX_CANDIDATES};
pub(crate) use snapshot::Snapshot;
pub(crate) use source::{KeyError, KeySource};
