//! Lets the sentinels of guards check the final list of routes.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use rocket::{Ignite, Rocket};

/// A check of the final list of routes, in managed state. The guards run it and are recorded in it.
pub(crate) struct FinalCheck {
    /// Decides whether the launch has to stop.
    stops: fn(&Rocket<Ignite>) -> bool,
    has_run: AtomicBool,
    /// The handlers that have a guard, by their full paths.
    guarded: Mutex<Vec<&'static str>>,
}

impl FinalCheck {
    /// Creates the check. The first guard that Rocket asks runs it.
    pub(crate) fn new(stops: fn(&Rocket<Ignite>) -> bool) -> Self {
        Self {
            stops,
            has_run: AtomicBool::new(false),
            guarded: Mutex::default(),
        }
    }

    /// Returns the handlers whose guards Rocket has asked so far.
    pub(crate) fn guarded(&self) -> Vec<&'static str> {
        let guarded = self.guarded.lock().unwrap_or_else(PoisonError::into_inner);
        guarded.clone()
    }

    /// Records the guard of a handler. Returns whether the launch has to stop.
    pub(super) fn pass(&self, handler: &'static str, rocket: &Rocket<Ignite>) -> bool {
        let mut guarded = self.guarded.lock().unwrap_or_else(PoisonError::into_inner);
        guarded.push(handler);
        drop(guarded);
        !self.has_run.swap(true, Ordering::Relaxed) && (self.stops)(rocket)
    }
}

impl fmt::Debug for FinalCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FinalCheck").finish_non_exhaustive()
    }
}
