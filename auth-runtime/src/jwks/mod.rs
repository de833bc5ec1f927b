//! Key sets: one key, a set of them, fetching it, and keeping it fresh. Knows nothing of tokens or
//! Rocket; only `http` speaks HTTP.

mod algorithm;
mod http;
mod key;
mod origin;
mod pem;
mod refresh;
mod set;
mod snapshot;
mod source;
#[cfg(test)]
pub(crate) mod test_keys;

pub(crate) use algorithm::Algorithm;
pub(crate) use http::{Http, is_allowed};
pub(crate) use key::{Key, Unusable};
pub(crate) use origin::{Issuer, Origin, joined};
pub(crate) use pem::authorities;
pub(crate) use refresh::{Remote, Times};
pub(crate) use set::{KeySet, MOST_CANDIDATES};
pub(crate) use snapshot::Snapshot;
pub(crate) use source::{KeyError, KeySource};
