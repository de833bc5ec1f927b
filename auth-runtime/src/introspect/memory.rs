//! Remembers answers that may be used again. They are found by the whole token, and bounded in bytes.

use std::fmt;
use std::time::Duration;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::answer::Answer;
use crate::moment::Moment;

/// How long an answer that a token is inactive is used again.
const INACTIVE_TTL: Duration = Duration::from_secs(1);
/// The size of an entry without its token and its answer: the entry itself, its slot in the table,
/// and the counters of the shared text.
const OVERHEAD_BYTES: usize = 160;
/// The size of a typical token with its answer.
const TYPICAL_BYTES: u64 = 1024;

/// Remembered answers, bounded in bytes.
pub(super) struct Memory {
    answers: Cache<Box<str>, Remembered, ByBytes>,
    active_ttl: Duration,
}

#[derive(Clone)]
struct Remembered {
    answer: Answer,
    until: Moment,
}

#[derive(Clone)]
struct ByBytes;

impl Memory {
    /// Creates an empty memory. Returns `None` if nothing may be remembered.
    pub(super) fn new(bytes: u64, active_ttl: Duration) -> Option<Self> {
        let entries = usize::try_from(bytes / TYPICAL_BYTES)
            .unwrap_or(usize::MAX)
            .max(16);
        (bytes > 0).then(|| Self {
            answers: Cache::with_weighter(entries, bytes, ByBytes),
            active_ttl,
        })
    }

    pub(super) fn recall(&self, token: &str, now: Moment) -> Option<Answer> {
        let known = self.answers.get(token)?;
        if known.until.has_come(now) {
            self.answers.remove(token);
            return None;
        }
        Some(known.answer)
    }

    pub(super) fn remember(&self, token: &str, answer: &Answer, now: Moment) {
        let ttl = match answer {
            Answer::Active(_) => self.active_ttl,
            Answer::Inactive => INACTIVE_TTL,
        };
        if ttl.is_zero() {
            return;
        }
        self.answers.insert(
            token.into(),
            Remembered {
                answer: answer.clone(),
                until: now.after(ttl),
            },
        );
    }
}

impl Weighter<Box<str>, Remembered> for ByBytes {
    fn weight(&self, token: &Box<str>, remembered: &Remembered) -> u64 {
        let answer = match &remembered.answer {
            Answer::Active(text) => text.len(),
            Answer::Inactive => 0,
        };
        (OVERHEAD_BYTES + token.len() + answer) as u64
    }
}

/// Hides tokens and answers.
impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory")
            .field("answers", &self.answers.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TTL: Duration = Duration::from_secs(30);

    const START: Moment = Moment {
        monotonic: Duration::ZERO,
        wall: Duration::ZERO,
    };

    fn active(text: &str) -> Answer {
        Answer::Active(text.into())
    }

    #[test]
    fn an_active_answer_lives_for_the_configured_time_and_an_inactive_one_for_a_second() {
        let (memory, now) = (Memory::new(1 << 20, TTL).unwrap(), START);
        for (answer, ttl) in [(active("{}"), TTL), (Answer::Inactive, INACTIVE_TTL)] {
            memory.remember("t", &answer, now);
            let just_before = now.after(ttl.saturating_sub(Duration::from_millis(1)));
            assert_eq!(memory.recall("t", just_before), Some(answer));
            assert_eq!(memory.recall("t", now.after(ttl)), None);
            assert_eq!(memory.recall("t", now), None, "it was dropped");
        }
    }

    /// The monotonic clock stops while a machine is suspended, and the wall clock can be set back.
    #[test]
    fn an_answer_lives_until_its_time_is_up_by_either_clock() {
        let memory = Memory::new(1 << 20, TTL).unwrap();
        let up = START.after(TTL);
        let suspended = Moment {
            wall: up.wall,
            ..START
        };
        let set_back = Moment {
            wall: START.wall,
            ..up
        };
        for now in [suspended, set_back] {
            memory.remember("t", &active("{}"), START);
            assert_eq!(memory.recall("t", now), None);
        }
    }

    #[test]
    fn with_a_ttl_of_zero_only_inactive_answers_are_remembered() {
        let (memory, now) = (Memory::new(1 << 20, Duration::ZERO).unwrap(), START);
        memory.remember("t", &active("{}"), now);
        assert_eq!(memory.recall("t", now), None);
        memory.remember("t", &Answer::Inactive, now);
        assert_eq!(memory.recall("t", now), Some(Answer::Inactive));
        assert!(Memory::new(0, TTL).is_none());
    }

    #[test]
    fn tokens_that_differ_in_one_byte_have_different_answers() {
        let (memory, now) = (Memory::new(1 << 20, TTL).unwrap(), START);
        let token = "opaque-token.0123456789";
        memory.remember(token, &active("{}"), now);
        for place in 0..token.len() {
            let mut other = token.to_owned();
            other.replace_range(place..=place, "_");
            assert_eq!(memory.recall(&other, now), None, "{other}");
        }
        assert_eq!(memory.recall(&token[1..], now), None);
    }

    #[test]
    fn the_memory_stays_within_its_bytes_whatever_is_remembered() {
        let now = START;
        for bytes in [4 << 10, 1 << 20] {
            let memory = Memory::new(bytes, TTL).unwrap();
            for index in 0..20_000 {
                let answer = if index % 2 == 0 {
                    active(&"x".repeat(index % 700))
                } else {
                    Answer::Inactive
                };
                memory.remember(&format!("{index:0300}"), &answer, now);
                assert!(memory.answers.weight() <= bytes);
            }
            assert!(memory.answers.len() as u64 >= bytes / 4096);
        }
    }
}
