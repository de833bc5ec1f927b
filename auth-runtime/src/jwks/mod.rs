//! Parses keys and key sets, finds and fetches sets, and keeps them fresh. This module knows neither
//! tokens nor Rocket.

mod algorithm;
mod discovery;
mod document;
mod event;
mod fetcher;
mod jwk;
mod key;
mod life;
mod pem;
mod raw_json;
mod set;
mod shared;
mod snapshot;
mod source;
mod task;
#[cfg(test)]
pub(crate) mod test_keys;

pub(crate) use algorithm::Algorithm;
pub(crate) use discovery::{Discovery, Origin, joined};
pub(crate) use event::Times;
pub(crate) use fetcher::Remote;
#[cfg(feature = "check")]
pub(crate) use fetcher::{Inspection, ServerTime};
pub(crate) use key::{Key, Unusable};
#[cfg(fuzzing)]
pub(crate) use life::model::bytes::drive;
pub(crate) use pem::authorities;
pub(crate) use set::{KeySet, MAX_CANDIDATES};
pub(crate) use shared::Shortage;
pub(crate) use snapshot::Snapshot;
pub(crate) use source::{KeyError, KeySource};
