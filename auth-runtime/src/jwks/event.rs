//! Defines the messages between the state machine of a key set, its task and its readers.

use std::time::Duration;

use crate::moment::Moment;

/// The configured times of a key set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    /// The life of a set whose reply does not have a `max-age`.
    pub(crate) ttl: Duration,
    /// The minimum time between two fetches for unknown keys.
    pub(crate) cooldown: Duration,
    /// The time limit of one fetch.
    pub(crate) timeout: Duration,
    /// How long a set serves after its life while fetching fails.
    pub(crate) max_stale: Duration,
}

/// The parts of a fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fetch {
    /// The keys, from the address that is known.
    Keys,
    /// The metadata, and then the keys from the address that they name.
    MetadataAndKeys,
    /// The metadata, and then the keys only if the metadata name another address than before.
    Metadata,
}

/// The next thing that the task has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Fetch(Fetch),
    /// Sleep until this moment, unless it is woken before.
    SleepUntil(Moment),
}

/// How a fetch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// A set was fetched. `max_age` is how long the answer may be kept, if it says so.
    Fetched { max_age: Option<Duration> },
    /// The metadata name the same address as before. The keys were not fetched.
    Unmoved,
    Failed {
        /// How long an overloaded server asked us to wait.
        retry_after: Option<Duration>,
        /// The metadata name another address than that of the current keys.
        has_moved: bool,
    },
}

/// The decision about a request for an unknown key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// It waits for the next change. The task has to be woken.
    Wait,
    /// A fetch that began after the request came did not bring the key.
    Unknown,
    /// No fetch can bring the key before this time has passed.
    Unavailable { retry_after: Duration },
}

/// The arrival of a request for an unknown key, as the number of fetches that had begun before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival(pub(super) u64);
