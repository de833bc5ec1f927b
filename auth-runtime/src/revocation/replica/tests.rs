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
    let current = process.replica.current_at(max_stale, at + max_stale, 0);
    let expected = Current {
        at: at + max_stale,
        serves_until: 61,
    };
    assert_eq!(current, Some(expected), "requests compare the same second");
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
