//! Models the life of a key set as a state machine. It decides when the set is fetched, how long it is used,
//! and what happens to a request for an unknown key. It does not do I/O or read a clock: the events
//! are its methods, each with the moment at which it happens.

use std::time::Duration;

use super::event::{Arrival, Decision, Fetch, Outcome, Step, Times};
use crate::http::pause;
use crate::moment::Moment;

/// The longest time that a set is used without a fetch, and the longest interval between two readings
/// of the metadata.
pub(super) const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// The shortest life that `Cache-Control` can give to a set.
const MIN_LIFE: Duration = Duration::from_secs(1);
/// The maximum number of requests that wait for a fetch that has not begun.
const MAX_WAITING: usize = 1000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Nothing,
    /// A fetch for an unknown key, as soon as the cool-down is over.
    Keys,
    /// The metadata, at once, because the keys from the known address did not help.
    Metadata,
}

#[derive(Clone, Copy, Debug)]
struct Running {
    fetch: Fetch,
    began: Moment,
}

/// The state of one issuer's key set.
#[derive(Debug)]
pub(super) struct Life {
    times: Times,
    running: Option<Running>,
    /// The number of fetches that have begun. It is also the number of the latest one.
    begun: u64,
    /// The latest fetch that brought keys.
    fetched: u64,
    /// The latest fetch whose keys came from an address that metadata have named since.
    confirmed: u64,
    /// The number of fetches that have failed in a row.
    failures: u32,
    /// The moment at which the next scheduled fetch begins.
    due: Moment,
    /// The moment at which the current keys become too old. `None` without keys.
    serves_until: Option<Moment>,
    /// The moment at which the next fetch for an unknown key may begin.
    cooled: Moment,
    wanted: Wanted,
    waiting: usize,
    metadata: Option<Metadata>,
}

/// The state of an issuer's metadata.
#[derive(Debug)]
struct Metadata {
    /// The moment at which they have to be read again.
    due: Moment,
    /// The last moment at which they named the address of the current keys.
    named: Moment,
}

impl Life {
    /// Begins a life without keys. The first fetch is due at once.
    pub(super) fn new(times: Times, discovers: bool, now: Moment) -> Self {
        Self {
            times,
            running: None,
            begun: 0,
            fetched: 0,
            confirmed: 0,
            failures: 0,
            due: now,
            serves_until: None,
            cooled: now,
            wanted: Wanted::Nothing,
            waiting: 0,
            metadata: discovers.then_some(Metadata {
                due: now,
                named: now,
            }),
        }
    }

    /// Returns the moment at which the current keys become too old.
    pub(super) fn serves_until(&self) -> Option<Moment> {
        self.serves_until
    }

    /// Returns the time until the next scheduled fetch.
    pub(super) fn until_due(&self, now: Moment) -> Duration {
        self.due.left(now)
    }

    pub(super) fn is_failing(&self) -> bool {
        self.failures > 0
    }

    /// Takes keys from a copy that may be used for this long.
    pub(super) fn restored(&mut self, now: Moment, left: Duration) {
        // The file may contain any time, but no set may be used for longer.
        let longest = DAY.max(self.shortest_life()).max(self.times.ttl);
        let longest = longest.saturating_add(self.times.max_stale);
        self.serves_until = Some(now.after(left.min(longest)));
    }

    /// Returns whether the keys have become too old since the last call.
    pub(super) fn retire(&mut self, now: Moment) -> bool {
        self.serves_until
            .take_if(|until| until.has_come(now))
            .is_some()
    }

    /// Decides what an idle task does next.
    pub(super) fn step(&mut self, now: Moment) -> Step {
        match self.next_fetch(now) {
            Some(fetch) => {
                self.wanted = Wanted::Nothing;
                self.begun += 1;
                self.running = Some(Running { fetch, began: now });
                Step::Fetch(fetch)
            }
            None => Step::SleepUntil(self.wakes()),
        }
    }

    fn next_fetch(&mut self, now: Moment) -> Option<Fetch> {
        let metadata_due = self
            .metadata
            .as_ref()
            .is_some_and(|it| it.due.has_come(now));
        let for_a_key = self.wanted == Wanted::Keys && self.cooled.has_come(now);
        if for_a_key {
            self.cooled = now.after(self.times.cooldown);
        }
        if for_a_key || metadata_due || self.due.has_come(now) {
            let wants_metadata =
                metadata_due || self.is_failing() || self.wanted == Wanted::Metadata;
            Some(if wants_metadata && self.metadata.is_some() {
                Fetch::MetadataAndKeys
            } else {
                Fetch::Keys
            })
        } else if self.wanted == Wanted::Metadata {
            Some(Fetch::Metadata)
        } else {
            None
        }
    }

    /// Returns the moment of the next step that is already known.
    fn wakes(&self) -> Moment {
        let cooled = (self.wanted == Wanted::Keys).then_some(self.cooled);
        let metadata = self.metadata.as_ref().map(|metadata| metadata.due);
        [cooled, metadata, self.serves_until]
            .into_iter()
            .flatten()
            .fold(self.due, Moment::earlier)
    }

    /// Ends the running fetch. `chance` is a random number from 0 to 1, which keeps the processes of
    /// a service from fetching at the same time.
    pub(super) fn finish(&mut self, now: Moment, outcome: Outcome, chance: f64) {
        let Some(running) = self.running.take() else {
            return;
        };
        if let Some(metadata) = &mut self.metadata
            && running.fetch != Fetch::Keys
            && !matches!(outcome, Outcome::Failed { .. })
        {
            metadata.named = running.began;
            metadata.due = running.began.after(ahead_of(DAY, chance));
        }
        match outcome {
            Outcome::Fetched { max_age } => self.succeed(now, running, max_age, chance),
            Outcome::Unmoved => {
                self.failures = 0;
                self.confirmed = self.fetched;
            }
            Outcome::Failed {
                retry_after,
                has_moved,
            } => {
                self.fail(now, retry_after, chance);
                if let Some(metadata) = &self.metadata
                    && has_moved
                {
                    let gone = metadata.named.after(DAY);
                    self.serves_until = self.serves_until.map(|until| until.earlier(gone));
                }
            }
        }
    }

    fn succeed(&mut self, now: Moment, running: Running, max_age: Option<Duration>, chance: f64) {
        let life = match max_age {
            Some(age) => age.clamp(self.shortest_life(), DAY.max(self.shortest_life())),
            None => self.times.ttl,
        };
        self.failures = 0;
        self.fetched = self.begun;
        if self.metadata.is_none() || running.fetch != Fetch::Keys {
            self.confirmed = self.begun;
        }
        // The age counts from the beginning of the fetch, because a machine that was suspended may
        // read the answer much later.
        self.serves_until = Some(
            running
                .began
                .after(life.saturating_add(self.times.max_stale)),
        );
        let pause = ahead_of(life, chance);
        // A slow issuer gets a pause before the next request.
        self.due = running
            .began
            .after(pause)
            .later(now.after(pause.min(MIN_LIFE)));
    }

    fn fail(&mut self, now: Moment, retry_after: Option<Duration>, chance: f64) {
        self.failures = self.failures.saturating_add(1);
        self.wanted = Wanted::Nothing;
        let asked = retry_after.unwrap_or_default().min(self.times.max_stale);
        self.due = now.after(pause(self.failures, chance).max(asked));
        if let Some(metadata) = &mut self.metadata
            && metadata.due.has_come(now)
        {
            let within_a_day = now.after(ahead_of(DAY, chance));
            metadata.due = self.due.earlier(within_a_day);
        }
    }

    /// Handles the loss of the task, and of its state and its running fetch.
    pub(super) fn lose_task(&mut self, now: Moment, has_panicked: bool) {
        self.running = None;
        if has_panicked {
            self.fail(now, None, 0.5);
        } else {
            self.due = now;
        }
        if let Some(metadata) = &mut self.metadata {
            metadata.due = self.due;
        }
    }

    /// Registers a request for an unknown key, which may have to wait.
    pub(super) fn arrive(&mut self) -> Arrival {
        self.waiting += 1;
        Arrival(self.begun)
    }

    /// Removes a request that has stopped waiting.
    pub(super) fn leave(&mut self, _: Arrival) {
        self.waiting = self.waiting.saturating_sub(1);
    }

    /// Decides about a request whose key is not in the current set.
    pub(super) fn unknown_key(&mut self, now: Moment, Arrival(before): Arrival) -> Decision {
        let has_keys = self.serves_until.is_some();
        if has_keys && self.confirmed > before {
            return Decision::Unknown;
        }
        if self.running.is_some() {
            return Decision::Wait;
        }
        if self.is_failing() || !has_keys {
            let retry_after = self.due.left(now);
            return if retry_after.is_zero() {
                Decision::Wait
            } else {
                Decision::Unavailable { retry_after }
            };
        }
        if self.fetched > before {
            self.wanted = Wanted::Metadata;
            return Decision::Wait;
        }
        let retry_after = self.cooled.left(now);
        let may_wait = retry_after <= self.times.timeout && self.waiting <= MAX_WAITING;
        if retry_after.is_zero() || may_wait {
            // Reading the metadata does not need a cool-down, so it comes first.
            if self.wanted == Wanted::Nothing {
                self.wanted = Wanted::Keys;
            }
            Decision::Wait
        } else {
            Decision::Unavailable { retry_after }
        }
    }

    /// Handles a signature that did not verify with a known key, which may have been replaced under
    /// the same name. Returns whether the task has to be woken.
    pub(super) fn signature_failed(&mut self, now: Moment) -> bool {
        let may_fetch = self.running.is_none()
            && !self.is_failing()
            && self.serves_until.is_some()
            && self.wanted == Wanted::Nothing
            && self.cooled.has_come(now);
        if may_fetch {
            self.wanted = Wanted::Keys;
        }
        may_fetch
    }

    fn shortest_life(&self) -> Duration {
        self.times.cooldown.max(MIN_LIFE)
    }
}

/// Returns the time after which a set is fetched again: 75 to 85 % of its life.
fn ahead_of(life: Duration, chance: f64) -> Duration {
    life.mul_f64(0.75 + 0.1 * chance)
}

#[cfg(test)]
mod herd;
#[cfg(any(test, fuzzing))]
pub(super) mod model;
#[cfg(test)]
mod tests;
