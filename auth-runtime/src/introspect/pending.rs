//! Tracks the introspections that have not ended: one for each token, and a bounded number of them.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use url::Url;

/// The maximum number of introspections that run or wait for their turn.
pub(super) const MAX_PENDING: usize = 1_000;

/// The introspections that run or wait for their turn, by token. `A` is what their callers get.
pub(super) struct PendingRequests<A> {
    url: Url,
    /// The number of introspections that run at the same time.
    slots: usize,
    /// The lock is held for a look-up or a change, never while waiting.
    state: Mutex<State<A>>,
}

struct State<A> {
    by_token: HashMap<Box<str>, watch::Receiver<Option<A>>>,
    /// Whether a token was refused, and the endpoint has not kept up since.
    is_overloaded: bool,
}

/// What a caller joins.
pub(super) enum Joined<A> {
    Running(watch::Receiver<Option<A>>),
    /// Nobody asks about this token yet: the caller has to start, and to send the answer.
    Started(watch::Sender<Option<A>>, watch::Receiver<Option<A>>),
}

impl<A> PendingRequests<A> {
    pub(super) fn new(url: Url, slots: usize) -> Self {
        Self {
            url,
            slots,
            state: Mutex::new(State {
                by_token: HashMap::new(),
                is_overloaded: false,
            }),
        }
    }

    /// Joins the running introspection of this token, or starts one. Returns `None` if there are too
    /// many.
    pub(super) fn join(&self, token: &str) -> Option<Joined<A>> {
        let mut state = self.state();
        if let Some(running) = state.by_token.get(token) {
            return Some(Joined::Running(running.clone()));
        }
        if state.by_token.len() >= MAX_PENDING {
            drop(state);
            self.refuse();
            return None;
        }
        let (sender, receiver) = watch::channel(None);
        state.by_token.insert(token.into(), receiver.clone());
        Some(Joined::Started(sender, receiver))
    }

    /// Notes that a token is refused because too many others wait. The log says so once, until the
    /// endpoint keeps up again. Returns whether the log says so now.
    pub(super) fn refuse(&self) -> bool {
        let is_news = !std::mem::replace(&mut self.state().is_overloaded, true);
        if is_news {
            log::error!(
                "{} does not keep up with the tokens to introspect: those that wait for too long, or \
                 behind {MAX_PENDING} others, get 503",
                self.url
            );
        }
        is_news
    }

    /// Removes an introspection that has ended. Returns whether the endpoint keeps up again.
    pub(super) fn remove(&self, token: &str) -> bool {
        let mut state = self.state();
        state.by_token.remove(token);
        let is_over = state.is_overloaded && state.by_token.len() < self.slots;
        if is_over {
            state.is_overloaded = false;
            drop(state);
            log::info!("{} keeps up with the tokens to introspect again", self.url);
        }
        is_over
    }

    fn state(&self) -> MutexGuard<'_, State<A>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending() -> PendingRequests<u8> {
        let url = Url::parse("https://issuer.test/introspect").unwrap();
        PendingRequests::new(url, 3)
    }

    #[test]
    fn the_second_caller_with_a_token_gets_the_answer_for_the_first() {
        let pending = pending();
        let Some(Joined::Started(sender, _first)) = pending.join("a") else {
            panic!("nobody asks about it");
        };
        let Some(Joined::Running(second)) = pending.join("a") else {
            panic!("somebody asks about it");
        };
        sender.send_replace(Some(1));
        assert_eq!(*second.borrow(), Some(1));
        pending.remove("a");
        assert!(matches!(pending.join("a"), Some(Joined::Started(..))));
    }

    #[test]
    fn beyond_the_maximum_only_callers_that_share_an_introspection_are_admitted() {
        let pending = pending();
        for number in 0..MAX_PENDING {
            assert!(pending.join(&number.to_string()).is_some(), "{number}");
        }
        assert!(pending.join("one too many").is_none());
        assert!(matches!(pending.join("7"), Some(Joined::Running(_))));
        pending.remove("7");
        assert!(pending.join("now there is room").is_some());
    }

    #[test]
    fn an_overload_is_logged_when_it_begins_and_when_none_waits_any_more() {
        let pending = pending();
        for number in 0..MAX_PENDING {
            pending.join(&number.to_string());
        }
        assert!(pending.join("one too many").is_none());
        assert!(!pending.refuse(), "the log has said it");
        let over: Vec<_> = (0..MAX_PENDING)
            .filter(|number| pending.remove(&number.to_string()))
            .collect();
        assert_eq!(
            over,
            [MAX_PENDING - 3],
            "two are left, fewer than run at once"
        );
        assert!(pending.refuse(), "it is news again");
    }
}
