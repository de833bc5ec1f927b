//! Defines the log that processes share. Each process appends records and follows those of the
//! others.

use std::time::SystemTime;

use super::{ShortDigest, short_digest};

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) text: String,
    /// The second since 1970 from which nobody needs the record any more.
    pub(crate) expires: i64,
}

/// A place in the log.
#[cfg(any(test, feature = "redis"))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Position(pub(crate) Box<str>);

/// All records of the log, and the place from which to follow it.
#[cfg(feature = "redis")]
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) records: Vec<String>,
    pub(crate) position: Position,
}

/// The answer of the log to a process that follows it.
#[cfg(feature = "redis")]
#[derive(Debug)]
pub(crate) enum News {
    /// Records since the position, and the new position.
    Records(Vec<String>, Position),
    /// There is nothing new.
    None,
    /// The log has lost records since the snapshot.
    DataLost,
}

/// Identifies something that may be used once, such as a logout token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Once {
    pub(super) id: ShortDigest,
    /// The time from which it is refused for other reasons.
    pub(super) until: SystemTime,
    pub(super) now: SystemTime,
}

impl Once {
    /// Identifies the token with this `jti` from this issuer.
    pub(crate) fn new(issuer: &str, jti: &str, now: SystemTime, until: SystemTime) -> Self {
        let length = issuer.len().to_be_bytes();
        Self {
            id: short_digest(&[&length, issuer.as_bytes(), jti.as_bytes()]),
            until,
            now,
        }
    }
}
