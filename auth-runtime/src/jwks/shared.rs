//! Holds the state that the readers of a key set share with the task that keeps it fresh.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::{ArcSwapOption, Guard};
use tokio::sync::{Notify, watch};

use super::algorithm::Algorithm;
use super::event::{Arrival, Decision, Outcome, Step};
use super::life::Life;
use super::set::KeySet;
use crate::moment::{Clocks, Moment};
use crate::telemetry::KeyMeter;

/// The state of one issuer's keys.
#[derive(Debug)]
pub(super) struct Shared {
    /// The origin of the keys, for the log.
    name: Box<str>,
    served: ArcSwapOption<Served>,
    /// `true` while there is a task that keeps the keys fresh.
    has_task: AtomicBool,
    /// The lock is held only for a decision. Keys are replaced under the lock, so that a decision
    /// always belongs to the current keys.
    state: Mutex<State>,
    /// Changes whenever waiting requests have to look again.
    changes: watch::Sender<()>,
    /// Wakes the task.
    task: Notify,
    clocks: Clocks,
    meter: Arc<KeyMeter>,
}

/// Keys, and the time until which they may be used.
#[derive(Debug)]
pub(crate) struct Served {
    pub(super) keys: Arc<KeySet>,
    until: Moment,
}

#[derive(Debug)]
struct State {
    life: Life,
    /// The moment at which a fetch last succeeded.
    fetched: Option<Moment>,
    /// Why the last fetch failed, if it did.
    error: Option<Arc<str>>,
}

/// The state of fetching, for operators.
#[derive(Clone, Debug, Default)]
pub(crate) struct Health {
    /// The time since a fetch last succeeded.
    pub(crate) age: Option<Duration>,
    /// Why the last fetch failed, if it did.
    pub(crate) error: Option<Arc<str>>,
}

/// The result of looking for the key of a token.
pub(super) enum Found {
    Keys(Arc<KeySet>),
    /// No key fits the token.
    Nothing,
    /// The key may come with the next change, so the request should wait.
    NotYet,
    Unavailable {
        shortage: Shortage,
        retry_after: Duration,
    },
}

/// The reason why no key is available now, although the issuer may have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Shortage {
    #[error("no keys have been fetched from the issuer yet")]
    NotFetched,
    #[error("the keys of the issuer are too old, and cannot be fetched now")]
    TooOld,
    #[error("none of the known keys fits, and the keys of the issuer cannot be fetched again yet")]
    NotRefreshed,
}

/// A request that may wait. It is counted until it is dropped.
pub(super) struct Waiting<'s> {
    shared: &'s Shared,
    arrival: Arrival,
}

/// The turning points of fetching, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    None,
    /// The first failure in a row.
    Failing,
    /// The first success after a failure.
    Recovered,
}

impl Shared {
    pub(super) fn new(
        name: &str,
        clocks: Clocks,
        meter: Arc<KeyMeter>,
        life: impl FnOnce(Moment) -> Life,
    ) -> Self {
        let life = life(clocks.now());
        Self {
            name: name.into(),
            served: ArcSwapOption::empty(),
            has_task: AtomicBool::new(false),
            state: Mutex::new(State {
                life,
                fetched: None,
                error: None,
            }),
            changes: watch::Sender::new(()),
            task: Notify::new(),
            clocks,
            meter,
        }
    }

    /// Returns the current keys. Returns none if they are too old by the wall clock, or if there is
    /// no task that keeps them fresh. [`Waiting::find`] then decides.
    pub(super) fn served(&self) -> Guard<Option<Arc<Served>>> {
        let served = self.served.load();
        let is_fresh = self.has_task.load(Ordering::Acquire)
            && served
                .as_ref()
                .is_some_and(|served| self.clocks.wall() < served.until.wall);
        if is_fresh {
            served
        } else {
            Guard::from_inner(None)
        }
    }

    /// Registers a task, unless there is one already.
    pub(super) fn claim_task(&self) -> bool {
        !self.has_task.swap(true, Ordering::AcqRel)
    }

    /// Handles the loss of the task.
    pub(super) fn lose_task(&self, has_panicked: bool) {
        let mut state = self.state();
        state.life.lose_task(self.clocks.now(), has_panicked);
        if has_panicked {
            state.error = Some("the task that fetches keys has panicked".into());
        }
        self.has_task.store(false, Ordering::Release);
        drop(state);
        self.changes.send_replace(());
    }

    /// Decides what the task does next.
    pub(super) fn step(&self) -> Step {
        let mut state = self.state();
        self.retire(&mut state);
        state.life.step(self.clocks.now())
    }

    /// Waits until the moment comes or the task is woken.
    pub(super) async fn sleep(&self, until: Moment, longest: Duration) {
        let left = until.left(self.clocks.now()).min(longest);
        // In either case, it is time to check again.
        let _ = tokio::time::timeout(left, self.task.notified()).await;
    }

    /// Uses keys from a copy, unless there are keys already.
    pub(super) fn restore(&self, keys: Arc<KeySet>, left: Duration) -> bool {
        let mut state = self.state();
        let is_empty = state.life.serves_until().is_none();
        if is_empty {
            state.life.restored(self.clocks.now(), left);
            self.serve(&state.life, Some(keys));
        }
        drop(state);
        self.changes.send_replace(());
        is_empty
    }

    /// Ends a fetch. `keys` replace the current ones, if there are any.
    pub(super) fn finish(
        &self,
        outcome: Outcome,
        keys: Option<Arc<KeySet>>,
        error: Option<Arc<str>>,
    ) -> Turn {
        let mut state = self.state();
        let now = self.clocks.now();
        let was_failing = state.life.is_failing();
        state.life.finish(now, outcome, fastrand::f64());
        let turn = match (was_failing, state.life.is_failing()) {
            (false, true) => Turn::Failing,
            (true, false) => Turn::Recovered,
            _ => Turn::None,
        };
        if error.is_none() {
            state.fetched = Some(now);
        }
        self.meter.fetch_ended(error.is_none());
        state.error = error;
        self.serve(&state.life, keys);
        drop(state);
        self.changes.send_replace(());
        turn
    }

    /// Publishes keys with the time until which they may be used.
    fn serve(&self, life: &Life, keys: Option<Arc<KeySet>>) {
        let keys = keys.or_else(|| {
            let served = self.served.load();
            served.as_ref().map(|served| Arc::clone(&served.keys))
        });
        let served = keys.zip(life.serves_until());
        self.meter
            .set_keys(served.as_ref().map_or(0, |(keys, _)| keys.len()));
        self.served
            .store(served.map(|(keys, until)| Arc::new(Served { keys, until })));
    }

    /// Returns the time, since 1970, until which the keys may be used.
    pub(super) fn serves_until(&self) -> Option<Duration> {
        self.state().life.serves_until().map(|until| until.wall)
    }

    /// Removes keys that are too old.
    fn retire(&self, state: &mut State) {
        if state.life.retire(self.clocks.now()) {
            self.served.store(None);
            log::error!("the keys of {} are too old to serve", self.name);
        }
    }

    /// Subscribes to changes, after which a waiting request checks again.
    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    pub(super) fn arrive(&self) -> Waiting<'_> {
        Waiting {
            shared: self,
            arrival: self.state().life.arrive(),
        }
    }

    /// Handles a signature that did not verify with a known key.
    pub(super) fn signature_failed(&self) {
        let wakes = self.state().life.signature_failed(self.clocks.now());
        if wakes {
            self.task.notify_one();
        }
    }

    pub(super) fn health(&self) -> Health {
        let state = self.state();
        Health {
            age: state.fetched.map(|fetched| fetched.age(self.clocks.now())),
            error: state.error.clone(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting<'_> {
    /// Looks for keys for a token with this header.
    pub(super) fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Found {
        let shared = self.shared;
        let mut state = shared.state();
        shared.retire(&mut state);
        let served = shared.served.load();
        if let Some(Served { keys, .. }) = served.as_deref() {
            if keys.serves(kid, algorithm) {
                return Found::Keys(Arc::clone(keys));
            }
            if kid.is_none() && keys.is_ambiguous(algorithm) {
                return Found::Nothing;
            }
        }
        let now = shared.clocks.now();
        match state.life.unknown_key(now, self.arrival) {
            Decision::Unknown => Found::Nothing,
            Decision::Unavailable { retry_after } => Found::Unavailable {
                shortage: state.shortage(),
                retry_after,
            },
            Decision::Wait => {
                shared.task.notify_one();
                Found::NotYet
            }
        }
    }

    /// Returns why no key is available, and the time after which it is worth trying again.
    pub(super) fn shortage(&self) -> (Shortage, Duration) {
        let now = self.shared.clocks.now();
        let state = self.shared.state();
        (state.shortage(), state.life.until_due(now))
    }
}

impl State {
    fn shortage(&self) -> Shortage {
        if self.life.serves_until().is_some() {
            Shortage::NotRefreshed
        } else if self.fetched.is_some() {
            Shortage::TooOld
        } else {
            Shortage::NotFetched
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.shared.state().life.leave(self.arrival);
    }
}
