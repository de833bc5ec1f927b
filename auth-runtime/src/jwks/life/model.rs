//! Checks with a model that the rules of a key set hold, whatever happens to the issuer, to the
//! clocks and to the requests.

#[cfg(fuzzing)]
pub(crate) mod bytes;
#[cfg(test)]
mod properties;

use std::collections::HashMap;

use super::*;

const TIMES: Times = Times {
    ttl: Duration::from_secs(600),
    cooldown: Duration::from_secs(5),
    timeout: Duration::from_secs(5),
    max_stale: Duration::from_secs(24 * 60 * 60),
};

#[derive(Clone, Debug)]
enum Event {
    /// Both clocks advance, and the task does its work.
    Pass(u32),
    /// The machine is suspended, or the wall clock is set forward.
    Suspend(u32),
    SetBack(u32),
    /// The issuer replaces its key.
    Rotate,
    /// The metadata name another address. The old one still answers as before.
    Move,
    KeysAnswer(bool),
    MetadataAnswer(bool),
    /// The server changes its `max-age`.
    MaxAge(Option<u32>),
    RetryAfter(Option<u32>),
    /// Each fetch takes this many seconds. It brings the key that the issuer had at the beginning of
    /// the fetch, or at its end.
    Slow(u32, bool),
    /// A request arrives with a key that the issuer never had.
    Stranger,
    /// A request arrives with the key that the issuer uses.
    Caller,
    BadSignature,
    LoseTask(bool),
}

/// The answers of the issuer: the address that its metadata name, and the key at each address.
#[derive(Clone, Debug, Default)]
struct Issuer {
    named: u32,
    keys: HashMap<u32, u32>,
}

impl Issuer {
    fn key_at(&self, address: u32) -> u32 {
        self.keys.get(&address).copied().unwrap_or(address * 1000)
    }
}

#[derive(Debug)]
struct Set {
    address: u32,
    key: u32,
    began: Moment,
    /// The longest time that it may be used.
    longest: Duration,
}

#[derive(Debug)]
struct Request {
    arrival: Arrival,
    came: Duration,
    /// The key that it needs, if the issuer has had that key ever since the request came.
    key: Option<u32>,
}

struct Fetching {
    fetch: Fetch,
    began: Moment,
    at_begin: Issuer,
    ends: Duration,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent behaviour of the issuer"
)]
struct World {
    now: Moment,
    life: Life,
    discovers: bool,
    issuer: Issuer,
    keys_answer: bool,
    metadata_answer: bool,
    max_age: Option<u32>,
    retry_after: Option<u32>,
    latency: u32,
    brings_early: bool,
    chance: f64,
    // The following two fields are the state of the fetcher.
    address: Option<u32>,
    set: Option<Set>,
    running: Option<Fetching>,
    requests: Vec<Request>,
    // The properties check the following fields.
    /// The last moment at which a fetch for an unknown key began.
    for_a_key: Option<Moment>,
    previous: Option<Fetch>,
    /// The time since which the metadata have been readable and have named another address than that
    /// of the set.
    abandoned: Option<Duration>,
}

impl World {
    fn new(discovers: bool) -> Self {
        let now = Moment {
            monotonic: Duration::from_secs(1000),
            wall: Duration::from_secs(1_800_000_000),
        };
        Self {
            now,
            life: Life::new(TIMES, discovers, now),
            discovers,
            issuer: Issuer::default(),
            keys_answer: true,
            metadata_answer: true,
            max_age: None,
            retry_after: None,
            latency: 0,
            brings_early: true,
            chance: 0.0,
            address: None,
            set: None,
            running: None,
            requests: Vec::new(),
            for_a_key: None,
            previous: None,
            abandoned: None,
        }
    }

    fn happen(&mut self, event: &Event) {
        match event {
            Event::Pass(seconds) => self.pass(Duration::from_secs((*seconds).into())),
            Event::Suspend(seconds) => self.now.wall += Duration::from_secs((*seconds).into()),
            Event::SetBack(seconds) => self.now.wall -= Duration::from_secs((*seconds).into()),
            Event::Rotate => {
                let key = self.issuer.key_at(self.issuer.named) + 1;
                self.issuer.keys.insert(self.issuer.named, key);
                self.forget_callers();
            }
            Event::Move => {
                self.issuer.named += 1;
                self.forget_callers();
            }
            Event::KeysAnswer(answer) => self.keys_answer = *answer,
            Event::MetadataAnswer(answer) => self.metadata_answer = *answer,
            Event::MaxAge(age) => self.max_age = *age,
            Event::RetryAfter(after) => self.retry_after = *after,
            Event::Slow(latency, early) => {
                (self.latency, self.brings_early) = (*latency, *early);
            }
            Event::Stranger => self.request(None),
            Event::Caller => self.request(Some(self.address_of_caller())),
            Event::BadSignature => {
                self.life.signature_failed(self.now);
            }
            Event::LoseTask(has_panicked) => {
                self.running = None;
                self.address = None;
                self.life.lose_task(self.now, *has_panicked);
            }
        }
        self.chance = (self.chance + 0.37) % 1.0;
        self.look();
    }

    fn address_of_caller(&self) -> u32 {
        if self.discovers { self.issuer.named } else { 0 }
    }

    /// Marks the keys of waiting requests as no longer those of the issuer.
    fn forget_callers(&mut self) {
        for request in &mut self.requests {
            request.key = None;
        }
    }

    fn request(&mut self, address: Option<u32>) {
        let request = Request {
            arrival: self.life.arrive(),
            came: self.now.monotonic,
            key: address.map(|address| self.issuer.key_at(address)),
        };
        self.requests.push(request);
    }

    /// Lets time pass in steps while the task works.
    fn pass(&mut self, duration: Duration) {
        let end = self.now.monotonic + duration;
        loop {
            let mut next = end;
            // Waiting requests wake the task.
            self.look();
            match &self.running {
                Some(running) if running.ends <= self.now.monotonic => {
                    self.finish();
                    continue;
                }
                Some(running) => next = next.min(running.ends),
                None => match self.step() {
                    Step::Fetch(_) => continue,
                    Step::SleepUntil(until) => {
                        let pause = until.left(self.now).max(Duration::from_millis(1));
                        next = next.min(self.now.monotonic + pause);
                    }
                },
            }
            if self.now.monotonic >= end {
                return;
            }
            self.now = self.now.after(next.saturating_sub(self.now.monotonic));
        }
    }

    fn step(&mut self) -> Step {
        let metadata_due = self.life.metadata.as_ref().map(|metadata| metadata.due);
        let by_itself = self.life.due.has_come(self.now)
            || metadata_due.is_some_and(|due| due.has_come(self.now));
        self.life.retire(self.now);
        let step = self.life.step(self.now);
        if let Step::Fetch(fetch) = step {
            if fetch == Fetch::Metadata {
                // The metadata may only be read after a fetch that did not help.
                assert_eq!(self.previous, Some(Fetch::Keys));
            } else if !by_itself {
                let last = self.for_a_key.replace(self.now);
                let pause = last.map(|last| last.age(self.now));
                assert!(
                    pause.is_none_or(|pause| pause >= TIMES.cooldown),
                    "{pause:?}"
                );
            }
            self.previous = Some(fetch);
            self.running = Some(Fetching {
                fetch,
                began: self.now,
                at_begin: self.issuer.clone(),
                ends: self.now.monotonic + Duration::from_secs(self.latency.into()),
            });
        }
        step
    }

    /// Does what `Fetcher` does.
    fn finish(&mut self) {
        let Some(Fetching {
            fetch,
            began,
            at_begin,
            ..
        }) = self.running.take()
        else {
            return;
        };
        let issuer = if self.brings_early {
            at_begin
        } else {
            self.issuer.clone()
        };
        let outcome = self.fetch(fetch, began, &issuer);
        self.life.finish(self.now, outcome, self.chance);
    }

    fn fetch(&mut self, fetch: Fetch, began: Moment, issuer: &Issuer) -> Outcome {
        let address = match self.address {
            _ if !self.discovers => 0,
            Some(address) if fetch == Fetch::Keys => address,
            _ if self.metadata_answer => *self.address.insert(issuer.named),
            _ => return self.failed(),
        };
        let is_same = self.set.as_ref().is_some_and(|set| set.address == address);
        if fetch == Fetch::Metadata && is_same {
            return Outcome::Unmoved;
        }
        if !self.keys_answer {
            return self.failed();
        }
        let max_age = self.max_age.map(|age| Duration::from_secs(age.into()));
        let life = max_age.map_or(TIMES.ttl, |age| age.clamp(TIMES.cooldown, DAY));
        self.set = Some(Set {
            address,
            key: issuer.key_at(address),
            began,
            longest: life + TIMES.max_stale,
        });
        Outcome::Fetched { max_age }
    }

    fn failed(&self) -> Outcome {
        let address = self.set.as_ref().map(|set| set.address);
        Outcome::Failed {
            retry_after: self
                .retry_after
                .map(|after| Duration::from_secs(after.into())),
            has_moved: self.address.is_some() && self.address != address,
        }
    }

    /// Lets the readers look for their keys, and checks the properties.
    fn look(&mut self) {
        self.life.retire(self.now);
        let serving = self
            .set
            .as_ref()
            .filter(|_| self.life.serves_until().is_some());
        if let Some(set) = serving {
            let age = set.began.age(self.now);
            assert!(
                age < set.longest,
                "a key serves after {age:?} of {:?}",
                set.longest
            );
        }
        let has_left = serving.is_some_and(|set| set.address != self.issuer.named);
        if self.discovers && has_left && self.metadata_answer {
            let since = *self.abandoned.get_or_insert(self.now.monotonic);
            let age = self.now.monotonic.saturating_sub(since);
            assert!(age <= DAY, "a key that was abandoned serves after {age:?}");
        } else {
            self.abandoned = None;
        }
        let key = serving.map(|set| set.key);
        for request in std::mem::take(&mut self.requests) {
            let served = key.is_some() && request.key == key;
            let decision = if served {
                None
            } else {
                Some(self.life.unknown_key(self.now, request.arrival))
            };
            match decision {
                Some(Decision::Wait) => {
                    let waited = self.now.monotonic.saturating_sub(request.came);
                    // A request waits for the cool-down and for at most four fetches: two that began
                    // too early, and the two parts of the one that brings the key.
                    assert!(waited <= TIMES.timeout * 5, "it waits for {waited:?}");
                    self.requests.push(request);
                    continue;
                }
                Some(Decision::Unknown) => {
                    assert_eq!(request.key, None, "the issuer's key is called unknown");
                }
                Some(Decision::Unavailable { retry_after }) => assert!(!retry_after.is_zero()),
                None => {}
            }
            self.life.leave(request.arrival);
        }
    }
}
