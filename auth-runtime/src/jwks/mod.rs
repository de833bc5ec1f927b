//! Key sets: one key, a set of them, fetching it, and keeping it fresh. Knows nothing of tokens or
//! Rocket; only `fetch` knows HTTP.

mod fetch;
mod key;
mod set;
mod source;

pub(crate) use fetch::{Endpoint, is_loopback};
pub(crate) use key::is_asymmetric;
pub(crate) use set::KeySet;
pub(crate) use source::{KeyError, KeySource, Times};
