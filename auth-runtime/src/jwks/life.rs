//! The life of a key set as a state machine: when it is fetched, how long it serves, and what
//! becomes of a request whose key it does not have. It does no I/O and reads no clock. The events
//! are its methods, each with the moment at which it happens.

use std::time::Duration;

use super::event::{Arrival, Decision, Fetch, Outcome, Step, Times};
use super::moment::Moment;
use crate::http::pause;

/// A set never serves longer than this without a fetch, and metadata are read at least this often.
pub(super) const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// `Cache-Control` cannot cause fetches at shorter intervals than this.
const MIN_LIFE: Duration = Duration::from_secs(1);
/// The maximum number of requests that wait for a fetch which has not begun.
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
    /// When the next fetch begins by itself.
    due: Moment,
    /// When the keys that are there become too old; `None` if there are none.
    serves_until: Option<Moment>,
    /// When the next fetch for an unknown key may begin.
    cooled: Moment,
    wanted: Wanted,
    waiting: usize,
    metadata: Option<Metadata>,
}

/// What is known of an issuer's metadata.
#[derive(Debug)]
struct Metadata {
    /// When they have to be read again.
    due: Moment,
    /// When they last named the address of the current keys.
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

    /// When the keys that are there become too old.
    pub(super) fn serves_until(&self) -> Option<Moment> {
        self.serves_until
    }

    /// The time until the next fetch begins by itself.
    pub(super) fn until_due(&self, now: Moment) -> Duration {
        self.due.left(now)
    }

    pub(super) fn is_failing(&self) -> bool {
        self.failures > 0
    }

    /// Takes keys from a copy that may serve for this long.
    pub(super) fn restored(&mut self, now: Moment, left: Duration) {
        // A file may say anything, but no set is good for longer.
        let longest = DAY.max(self.shortest_life()).max(self.times.ttl);
        let longest = longest.saturating_add(self.times.max_stale);
        self.serves_until = Some(now.after(left.min(longest)));
    }

    /// Whether the keys have become too old since the last call.
    pub(super) fn retire(&mut self, now: Moment) -> bool {
        self.serves_until
            .take_if(|until| until.has_come(now))
            .is_some()
    }

    /// Decides what the task does next, while it does nothing.
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

    /// When the next thing has to be done, as far as that is known.
    fn wakes(&self) -> Moment {
        let cooled = (self.wanted == Wanted::Keys).then_some(self.cooled);
        let metadata = self.metadata.as_ref().map(|metadata| metadata.due);
        [cooled, metadata, self.serves_until]
            .into_iter()
            .flatten()
            .fold(self.due, Moment::earlier)
    }

    /// Ends the running fetch. `chance` is a random number from 0 to 1, by which the processes of
    /// one service do not all fetch at the same time.
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
        // The age counts from the beginning: the answer may have waited for us, as in a machine that
        // was suspended.
        self.serves_until = Some(
            running
                .began
                .after(life.saturating_add(self.times.max_stale)),
        );
        let pause = ahead_of(life, chance);
        // A slow issuer is not asked again without a pause.
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

    /// Notes that the task is gone, and with it what it knew and did.
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

    /// Notes that a request came whose key is not known, and which may have to wait.
    pub(super) fn arrive(&mut self) -> Arrival {
        self.waiting += 1;
        Arrival(self.begun)
    }

    /// Notes that a request does not wait any longer.
    pub(super) fn leave(&mut self, _: Arrival) {
        self.waiting = self.waiting.saturating_sub(1);
    }

    /// Decides about a request whose key is not among those that are there.
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
            // The metadata are read without a cool-down, so they come first.
            if self.wanted == Wanted::Nothing {
                self.wanted = Wanted::Keys;
            }
            Decision::Wait
        } else {
            Decision::Unavailable { retry_after }
        }
    }

    /// Notes that a signature did not verify with a known key, which may have been replaced under
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

/// A set is fetched again after 75 to 85 % of its life.
fn ahead_of(life: Duration, chance: f64) -> Duration {
    life.mul_f64(0.75 + 0.1 * chance)
}

#[cfg(test)]
mod herd;
#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
