//! Keeps revocations, and decides whether a token is revoked. This module knows nothing about Rocket
//! or the protocol of the shared store.

mod availability;
#[cfg(feature = "redis")]
mod copy;
mod entry;
mod record;
mod registry;
#[cfg(any(test, feature = "redis"))]
mod replica;
mod set;
mod signal;

pub(crate) use self::entry::{Identifiers, Kind};
pub(crate) use self::registry::{Refusal, Registry};
pub(crate) use self::signal::{
    Expected, SignalError, SignalType, check_logout, check_security_event, verify,
};
