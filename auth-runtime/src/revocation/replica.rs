//! The state machine that keeps a process's copy of the shared revocations. It decides the next step
//! and takes in its outcome. Connections and waiting are left to its caller.
//!
//! A process loads a snapshot, writes back what the store has lost, and then follows the store's
//! changes from the snapshot's position. After any failure it starts again with a snapshot. A broken
//! connection or a store that lost data therefore costs time, but never a revocation.

use std::time::Duration;

use tokio::time::Instant;

use super::entry::Revocation;
use super::set::RevocationSet;
use crate::store::Position;

/// The maximum number of revocations that are written back in one step.
const WRITE_BACK_CHUNK: usize = 500;
/// The pause before revocations are written back again to a store that refused them.
const WRITE_BACK_PAUSE: Duration = Duration::from_secs(30);
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// A store that is back is followed again within a second.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// The next thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Load,
    WriteBack(Vec<Revocation>),
    Follow(Position),
}

/// The outcome of a step.
#[derive(Debug)]
pub(super) enum Outcome {
    /// All revocations of the store, and the place from which to follow it.
    Loaded(Vec<Revocation>, Position),
    WrittenBack,
    /// The store answers but refuses writes.
    WriteRefused,
    /// Revocations since the position, and the new position.
    Changed(Vec<Revocation>, Position),
    Unchanged,
    /// The store has lost data.
    DataLost,
}

/// One process's copy of the shared revocations.
#[derive(Debug)]
pub(super) struct Replica {
    phase: Phase,
    /// The last time at which the copy had everything that the store had, on the monotonic clock and
    /// in seconds since 1970. The first clock stops while the machine is suspended.
    current_at: Option<(Instant, i64)>,
    /// The number of failures since the last step that succeeded.
    failures: u32,
}

#[derive(Debug)]
enum Phase {
    Loading,
    WritingBack {
        missing: Vec<Revocation>,
        position: Position,
    },
    Following {
        position: Position,
        /// The time of the next attempt to write back what the store has refused.
        write_back_at: Option<Instant>,
    },
}

impl Replica {
    pub(super) fn new() -> Self {
        Self {
            phase: Phase::Loading,
            current_at: None,
            failures: 0,
        }
    }

    pub(super) fn step(&self) -> Step {
        match &self.phase {
            Phase::Loading => Step::Load,
            Phase::WritingBack { missing, .. } => {
                let chunk = missing.chunks(WRITE_BACK_CHUNK).next();
                Step::WriteBack(chunk.unwrap_or_default().to_vec())
            }
            Phase::Following { position, .. } => Step::Follow(position.clone()),
        }
    }

    /// Takes in the outcome of a step. `at` is the time at which it ended, and `now` is the same time
    /// in seconds since 1970.
    pub(super) fn succeeded(
        &mut self,
        outcome: Outcome,
        set: &RevocationSet,
        at: Instant,
        now: i64,
    ) {
        self.failures = 0;
        let phase = std::mem::replace(&mut self.phase, Phase::Loading);
        self.phase = match (phase, outcome) {
            (Phase::Loading, Outcome::Loaded(revocations, position)) => {
                self.current_at = Some((at, now));
                set.merge(revocations.iter().cloned(), now);
                let missing = set.missing_from(revocations, now);
                Self::after_write_back(missing, position)
            }
            (
                Phase::WritingBack {
                    mut missing,
                    position,
                },
                Outcome::WrittenBack,
            ) => {
                missing.drain(..missing.len().min(WRITE_BACK_CHUNK));
                Self::after_write_back(missing, position)
            }
            (Phase::WritingBack { position, .. }, Outcome::WriteRefused) => Phase::Following {
                position,
                write_back_at: Some(at + WRITE_BACK_PAUSE),
            },
            (
                Phase::Following {
                    position,
                    write_back_at,
                },
                outcome @ (Outcome::Changed(..) | Outcome::Unchanged),
            ) => {
                let position = match outcome {
                    Outcome::Changed(changes, position) => {
                        set.merge(changes, now);
                        position
                    }
                    _ => position,
                };
                self.current_at = Some((at, now));
                if write_back_at.is_some_and(|due| due <= at) {
                    return;
                }
                Phase::Following {
                    position,
                    write_back_at,
                }
            }
            // The store lost data, or this is the outcome of another step. A snapshot is needed.
            _ => Phase::Loading,
        };
    }

    /// Takes in the failure of a step. Returns the pause before the next one.
    pub(super) fn failed(&mut self) -> Duration {
        self.phase = Phase::Loading;
        let pause = FIRST_PAUSE.saturating_mul(1 << self.failures.min(10));
        self.failures = self.failures.saturating_add(1);
        pause.min(LONGEST_PAUSE)
    }

    /// Returns the time until which the copy may be used, or `None` if there is no copy yet.
    pub(super) fn serves_until(&self, max_stale: Duration) -> Option<Instant> {
        self.current_at.map(|(at, _)| at + max_stale)
    }

    /// Returns when the copy was last current, if it may be used at this time by both clocks.
    pub(super) fn current_at(&self, max_stale: Duration, at: Instant, now: i64) -> Option<Instant> {
        let (current_at, current_now) = self.current_at?;
        let by_wall_clock = u64::try_from(now.saturating_sub(current_now)).unwrap_or_default();
        // Both are whole seconds, so that the difference is up to a second too long.
        let may_serve =
            at < current_at + max_stale && by_wall_clock <= max_stale.as_secs().saturating_add(1);
        may_serve.then_some(current_at)
    }

    fn after_write_back(missing: Vec<Revocation>, position: Position) -> Phase {
        if missing.is_empty() {
            Phase::Following {
                position,
                write_back_at: None,
            }
        } else {
            Phase::WritingBack { missing, position }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::entry::{Identifiers, Kind, Name};
    use super::*;

    fn revocation(value: usize) -> Revocation {
        Revocation {
            name: Name {
                issuer: "i".into(),
                kind: Kind::Token,
                value: value.to_string().into(),
            },
            issued_until: 0,
            expires: 1000,
        }
    }

    fn has(set: &RevocationSet, value: usize) -> bool {
        let value = value.to_string();
        let token = Identifiers {
            issuer: "i",
            jti: Some(&value),
            ..Identifiers::default()
        };
        set.hits(&token, 0)
    }

    /// A store that can lose data, refuse writes and break connections.
    #[derive(Default)]
    struct Store {
        log: Vec<Revocation>,
        /// The number of entries lost from the front. Positions count from the very first entry.
        lost: usize,
        has_lost: bool,
        is_full: bool,
    }

    impl Store {
        fn perform(&mut self, step: Step) -> Outcome {
            let end = || Position((self.lost + self.log.len()).to_string().into());
            match step {
                Step::Load => {
                    let position = end();
                    self.has_lost = false;
                    Outcome::Loaded(self.log.clone(), position)
                }
                Step::WriteBack(_) if self.is_full => Outcome::WriteRefused,
                Step::WriteBack(missing) => {
                    assert!(!missing.is_empty() && missing.len() <= WRITE_BACK_CHUNK);
                    self.log.extend(missing);
                    Outcome::WrittenBack
                }
                Step::Follow(_) if self.has_lost => Outcome::DataLost,
                Step::Follow(position) => {
                    let seen: usize = position.0.parse().unwrap();
                    let new = &self.log[seen.saturating_sub(self.lost)..];
                    if new.is_empty() {
                        Outcome::Unchanged
                    } else {
                        Outcome::Changed(new.to_vec(), end())
                    }
                }
            }
        }

        fn lose(&mut self, count: usize) {
            let count = count.min(self.log.len());
            self.log.drain(..count);
            self.lost += count;
            self.has_lost |= count > 0;
        }
    }

    struct Process {
        replica: Replica,
        set: RevocationSet,
    }

    impl Process {
        fn new() -> Self {
            Self {
                replica: Replica::new(),
                set: RevocationSet::default(),
            }
        }

        fn run(&mut self, store: &mut Store, at: Instant) {
            let outcome = store.perform(self.replica.step());
            self.replica.succeeded(outcome, &self.set, at, 0);
        }
    }

    #[test]
    fn a_process_loads_a_snapshot_and_then_follows() {
        let (mut store, mut process, at) = (Store::default(), Process::new(), Instant::now());
        store.log.push(revocation(1));
        assert_eq!(process.replica.serves_until(Duration::ZERO), None);
        process.run(&mut store, at);
        assert_eq!(process.replica.serves_until(Duration::ZERO), Some(at));
        assert!(has(&process.set, 1));
        store.log.push(revocation(2));
        process.run(&mut store, at);
        assert!(has(&process.set, 2));
    }

    #[test]
    fn what_the_store_has_lost_is_written_back_in_chunks() {
        let (mut store, mut process, at) = (Store::default(), Process::new(), Instant::now());
        store.log.extend((0..1200).map(revocation));
        process.run(&mut store, at);
        store.lose(1100);
        for _ in 0..5 {
            process.run(&mut store, at);
        }
        assert!(matches!(process.replica.phase, Phase::Following { .. }));
        let mut fresh = Process::new();
        fresh.run(&mut store, at);
        assert!((0..1200).all(|value| has(&fresh.set, value)));
    }

    #[test]
    fn a_full_store_is_followed_and_asked_again_later() {
        let (mut store, mut process, at) = (Store::default(), Process::new(), Instant::now());
        process.set.merge([revocation(1)], 0);
        store.is_full = true;
        process.run(&mut store, at);
        process.run(&mut store, at);
        store.is_full = false;
        store.log.push(revocation(2));
        process.run(&mut store, at);
        assert!(has(&process.set, 2) && store.log.len() == 1);
        for _ in 0..3 {
            process.run(&mut store, at + WRITE_BACK_PAUSE);
        }
        assert!(store.log.contains(&revocation(1)));
    }

    #[test]
    fn only_a_success_moves_the_time_until_which_the_copy_serves() {
        let (mut store, mut process, at) = (Store::default(), Process::new(), Instant::now());
        let max_stale = Duration::from_secs(60);
        process.run(&mut store, at);
        let pauses: Vec<_> = (0..8)
            .map(|_| process.replica.failed().as_millis())
            .collect();
        assert_eq!(pauses, [50, 100, 200, 400, 500, 500, 500, 500]);
        let until = process.replica.serves_until(max_stale);
        assert_eq!(until, Some(at + max_stale));
        let later = at + Duration::from_secs(5);
        process.run(&mut store, later);
        let until = process.replica.serves_until(max_stale);
        assert_eq!(until, Some(later + max_stale));
        assert_eq!(process.replica.failed().as_millis(), 50);
    }

    /// The monotonic clock stops while a machine is suspended.
    #[test]
    fn a_copy_serves_until_it_is_too_old_by_either_clock() {
        let (mut store, mut process, at) = (Store::default(), Process::new(), Instant::now());
        let max_stale = Duration::from_secs(60);
        let serves = |process: &Process, at, now| {
            let current_at = process.replica.current_at(max_stale, at, now);
            current_at.is_some()
        };
        assert!(!serves(&process, at, 0), "there is no copy yet");
        process.run(&mut store, at);
        let just_before = at + max_stale - Duration::from_millis(1);
        assert!(serves(&process, just_before, 61));
        assert!(!serves(&process, at + max_stale, 61));
        assert!(!serves(&process, at, 62));
        process.replica.failed();
        assert!(serves(&process, at, -3600), "a clock was set back");
        process.run(&mut store, at + max_stale);
        assert!(serves(&process, at + max_stale, 0));
    }

    /// Writing back does not show what the store has.
    #[test]
    fn writing_back_does_not_make_a_copy_current() {
        let (mut store, mut process, at) = (Store::default(), Process::new(), Instant::now());
        let max_stale = Duration::from_secs(60);
        process.set.merge([revocation(1)], 0);
        process.run(&mut store, at);
        let later = at + max_stale;
        process.run(&mut store, later);
        assert!(matches!(process.replica.phase, Phase::Following { .. }));
        assert_eq!(process.replica.current_at(max_stale, later, 0), None);
    }

    #[derive(Clone, Debug)]
    enum Event {
        /// A process revokes, and the store acknowledges it.
        Revoke,
        Run(usize),
        Fail(usize),
        Restart(usize),
        Lose(usize),
        Full(bool),
    }

    fn event() -> impl Strategy<Value = Event> {
        prop_oneof![
            4 => Just(Event::Revoke),
            8 => (0..3_usize).prop_map(Event::Run),
            2 => (0..3_usize).prop_map(Event::Fail),
            1 => (0..3_usize).prop_map(Event::Restart),
            1 => (0..20_usize).prop_map(Event::Lose),
            1 => any::<bool>().prop_map(Event::Full),
        ]
    }

    proptest! {
        /// Checks that in the end every process and the store have every revocation that any of them
        /// still knew.
        #[test]
        fn processes_and_store_converge(events in prop::collection::vec(event(), 0..120)) {
            let mut store = Store::default();
            let mut processes = [Process::new(), Process::new(), Process::new()];
            let mut revoked = 0;
            let at = Instant::now();
            for event in events {
                let before: Vec<Vec<usize>> = processes
                    .iter()
                    .map(|process| (0..revoked).filter(|value| has(&process.set, *value)).collect())
                    .collect();
                let mut restarted = None;
                match event {
                    Event::Revoke => {
                        store.log.push(revocation(revoked));
                        revoked += 1;
                    }
                    Event::Run(index) => processes[index].run(&mut store, at),
                    Event::Fail(index) => {
                        processes[index].replica.failed();
                    }
                    Event::Restart(index) => {
                        processes[index] = Process::new();
                        restarted = Some(index);
                    }
                    Event::Lose(count) => store.lose(count),
                    Event::Full(is_full) => store.is_full = is_full,
                }
                for (index, (process, before)) in processes.iter().zip(before).enumerate() {
                    let kept = before.iter().all(|value| has(&process.set, *value));
                    prop_assert!(kept || restarted == Some(index), "copies only grow");
                }
            }
            let known: Vec<usize> = (0..revoked)
                .filter(|value| {
                    store.log.contains(&revocation(*value))
                        || processes.iter().any(|process| has(&process.set, *value))
                })
                .collect();
            store.is_full = false;
            // A store that lost data closes its connections.
            for process in &mut processes {
                process.replica.failed();
            }
            for _ in 0..4 {
                for process in &mut processes {
                    process.run(&mut store, at + WRITE_BACK_PAUSE);
                }
            }
            for value in known {
                prop_assert!(store.log.contains(&revocation(value)), "the store has {value}");
                for process in &processes {
                    prop_assert!(has(&process.set, value), "a process has {value}");
                }
            }
        }
    }
}
