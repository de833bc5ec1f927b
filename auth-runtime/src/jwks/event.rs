//! What the state machine of a key set, its task and its readers say to each other.

use std::time::Duration;

use super::moment::Moment;

/// The configured times of a key set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    /// The life of a set without a `Cache-Control` of its own.
    pub(crate) ttl: Duration,
    /// The least time between two fetches for unknown keys.
    pub(crate) cooldown: Duration,
    /// The time limit of one fetch.
    pub(crate) timeout: Duration,
    /// How long a set serves after its life while fetching fails.
    pub(crate) max_stale: Duration,
}

/// What a fetch consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fetch {
    /// The keys, from the address that is known.
    Keys,
    /// The metadata, and then the keys from the address that they name.
    MetadataAndKeys,
    /// The metadata, and then the keys only if the metadata name another address than before.
    Metadata,
}

/// What the task has to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Fetch(Fetch),
    /// Nothing before this moment, unless it is woken.
    SleepUntil(Moment),
}

/// How a fetch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// There is a set. The answer said how long it may be kept, or nothing about that.
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

/// What becomes of a request for an unknown key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// It waits for the next change. The task has to be woken.
    Wait,
    /// A fetch that began after the request came did not bring the key.
    Unknown,
    /// Nobody can know the key before this time has passed.
    Unavailable { retry_after: Duration },
}

/// When a request for an unknown key came: how many fetches had begun before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival(pub(super) u64);
