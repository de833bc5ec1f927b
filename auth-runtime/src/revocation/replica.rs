//! Defines the state machine that keeps a process's copy of the shared revocations. It decides the next
//! step and takes in its outcome. Its caller connects and waits.
//!
//! A process loads a snapshot, writes back what the store has lost, and then follows the store's
//! changes from the snapshot's position. After any failure it starts again with a snapshot. A broken
//! connection or a store that lost data therefore costs time, but never a revocation.

use std::time::Duration;

use tokio::time::Instant;

use super::availability::Current;
use super::entry::Revocation;
use super::set::RevocationSet;
use crate::store::Position;

/// The maximum number of revocations that are written back in one step.
const WRITE_BACK_CHUNK: usize = 500;
/// The pause before revocations are written back again to a store that refused them.
const WRITE_BACK_PAUSE: Duration = Duration::from_secs(30);
const MIN_PAUSE: Duration = Duration::from_millis(50);
/// A store that is back is followed again within a second.
const MAX_PAUSE: Duration = Duration::from_millis(500);

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

    /// Takes in the outcome of a step. `at` is the time at which it began, and `now` is the same time
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
        let pause = MIN_PAUSE.saturating_mul(1 << self.failures.min(10));
        self.failures = self.failures.saturating_add(1);
        pause.min(MAX_PAUSE)
    }

    /// Returns the time until which the copy may be used, or `None` if there is no copy yet.
    pub(super) fn serves_until(&self, max_stale: Duration) -> Option<Instant> {
        self.current_at.map(|(at, _)| at + max_stale)
    }

    /// Returns when the copy was last current, and until when it serves, if it may be used at this time
    /// by both clocks.
    pub(super) fn current_at(&self, max_stale: Duration, at: Instant, now: i64) -> Option<Current> {
        let (current_at, current_now) = self.current_at?;
        // Both times are whole seconds, so that their difference is up to a second too long.
        let longest = max_stale.as_secs().saturating_add(1);
        let serves_until = current_now.saturating_add_unsigned(longest);
        let may_serve = at < current_at + max_stale && now <= serves_until;
        may_serve.then_some(Current {
            at: current_at,
            serves_until,
        })
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
mod tests;
