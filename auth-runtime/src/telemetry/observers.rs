//! Runs the functions of the application that observe each decision.
//!
//! They run on a separate thread, behind a bounded queue. Otherwise a function that writes to a disk
//! or a network would delay requests, including those of other callers on an asynchronous runtime. If
//! the functions are slower than the decisions arrive, the queue becomes full, and decisions are
//! dropped and counted.

use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use super::catalogue::DROPPED_DECISIONS;
use super::decision::Decision;
use super::meter::Counter;

/// The maximum number of decisions that wait for the observers.
const CAPACITY: usize = 4096;
/// How long the end of the application waits for the observers.
const LAST_CALL: Duration = Duration::from_secs(1);

type Observer = dyn Fn(&Decision) + Send + Sync;

/// The functions that the application wants to be called for each decision.
#[derive(Clone, Default)]
pub(crate) struct Observers(Vec<Arc<Observer>>);

/// The queue to the thread that calls the observers.
pub(super) struct Queue {
    /// `None` once the application ends.
    sender: Option<SyncSender<Decision>>,
    /// Disconnected when the thread has ended.
    ended: Mutex<Receiver<()>>,
    thread: ThreadId,
    dropped: Counter,
    is_reported: AtomicBool,
}

impl Observers {
    pub(crate) fn add(&mut self, observer: impl Fn(&Decision) + Send + Sync + 'static) {
        self.0.push(Arc::new(observer));
    }

    /// Starts the thread that calls the observers. Returns `None` if there are none.
    ///
    /// # Errors
    /// Fails if the system does not start a thread.
    pub(super) fn start(self) -> io::Result<Option<Queue>> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let (sender, decisions) = sync_channel::<Decision>(CAPACITY);
        let (running, ended) = sync_channel(0);
        let thread = thread::Builder::new()
            .name("auth-decisions".to_owned())
            .spawn(move || {
                let _running: SyncSender<()> = running;
                let mut has_panicked = false;
                for decision in decisions {
                    self.call(&decision, &mut has_panicked);
                }
            })?;
        let queue = Queue {
            sender: Some(sender),
            ended: Mutex::new(ended),
            thread: thread.thread().id(),
            dropped: Counter::default(),
            is_reported: AtomicBool::new(false),
        };
        queue.dropped.register(&DROPPED_DECISIONS, || []);
        Ok(Some(queue))
    }

    fn call(&self, decision: &Decision, has_panicked: &mut bool) {
        for observer in &self.0 {
            let called = catch_unwind(AssertUnwindSafe(|| observer(decision)));
            if called.is_err() && !std::mem::replace(has_panicked, true) {
                log::error!(
                    "a function of `on_decision` has panicked: it is called again for the next \
                     decision, and further panics are not logged"
                );
            }
        }
    }
}

impl Queue {
    /// Passes on a decision, or drops it if the queue is full. It never waits.
    pub(super) fn send(&self, decision: Decision) {
        let Some(sender) = &self.sender else {
            return;
        };
        if let Err(TrySendError::Full(_)) = sender.try_send(decision) {
            self.dropped.increment(&DROPPED_DECISIONS, || []);
            if !self.is_reported.swap(true, Ordering::Relaxed) {
                log::error!(
                    "the functions of `on_decision` are too slow: {CAPACITY} decisions wait, and \
                     further ones are dropped"
                );
            }
        }
    }
}

/// Passes the waiting decisions to the observers, unless that takes too long.
impl Drop for Queue {
    fn drop(&mut self) {
        self.sender = None;
        // An observer may hold the last handle of the application.
        if thread::current().id() == self.thread {
            return;
        }
        let ended = self.ended.get_mut().unwrap_or_else(PoisonError::into_inner);
        if ended.recv_timeout(LAST_CALL) == Err(RecvTimeoutError::Timeout) {
            log::error!(
                "the functions of `on_decision` are too slow: the last decisions are dropped"
            );
        }
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Observers").field(&self.0.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::super::decision::DecisionOutcome;
    use super::*;
    use crate::policy::Policy;

    fn decision(route: &str) -> Decision {
        Decision {
            route: route.into(),
            policy: Policy::PUBLIC,
            requirement: None,
            outcome: DecisionOutcome::Allowed,
            code: None,
            client_id: None,
            elapsed: Duration::ZERO,
        }
    }

    fn start(observer: impl Fn(&Decision) + Send + Sync + 'static) -> Queue {
        let mut observers = Observers::default();
        observers.add(observer);
        observers.start().unwrap().unwrap()
    }

    #[test]
    fn an_observer_that_hangs_blocks_nobody_and_the_rest_is_dropped() {
        let (release, wait) = mpsc::channel::<()>();
        let (seen, all_seen) = mpsc::channel();
        let wait = Mutex::new(wait);
        let queue = start(move |decision| {
            let _ = wait.lock().unwrap().recv();
            seen.send(decision.route().to_owned()).unwrap();
        });
        // The observer has one of them, and the queue holds the others.
        let sent = CAPACITY * 2;
        for index in 0..sent {
            queue.send(decision(&index.to_string()));
        }
        assert!(queue.is_reported.load(Ordering::Relaxed));
        drop(release);
        drop(queue);
        let seen: Vec<String> = all_seen.into_iter().collect();
        assert!([CAPACITY, CAPACITY + 1].contains(&seen.len()));
        let first = seen.iter().take(CAPACITY).enumerate();
        for (index, route) in first {
            assert_eq!(*route, index.to_string());
        }
    }

    #[test]
    fn an_observer_that_panics_is_called_again_and_harms_no_other() {
        let (seen, all_seen) = mpsc::channel();
        let mut observers = Observers::default();
        observers.add(|_| panic!("an observer panics"));
        observers.add(move |decision| seen.send(decision.route().to_owned()).unwrap());
        let queue = observers.start().unwrap().unwrap();
        for route in ["a", "b"] {
            queue.send(decision(route));
        }
        drop(queue);
        assert_eq!(all_seen.into_iter().collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn without_observers_there_is_no_thread() {
        assert!(Observers::default().start().unwrap().is_none());
    }
}
