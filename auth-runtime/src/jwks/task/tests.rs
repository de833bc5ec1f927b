//! Tests the task and its readers under a paused clock, where hours pass immediately.

use std::cell::Cell;
use std::sync::Mutex;
use std::time::SystemTime;

use serde_json::json;
use tokio::time::{Instant, sleep};

use super::super::algorithm::Algorithm::ES256;
use super::super::event::Times;
use super::super::fetcher::FetchError;
use super::super::life::Life;
use super::super::shared::{Found, Shortage};
use super::super::test_keys::TestKey;
use super::*;
use crate::http::HttpError;
use crate::moment::Clocks;

const HOUR: Duration = Duration::from_secs(60 * 60);
const TIMES: Times = Times {
    ttl: Duration::from_secs(600),
    cooldown: Duration::from_secs(5),
    timeout: Duration::from_secs(5),
    max_stale: HOUR,
};

type Answer = Result<Fetched, Failed>;

thread_local! {
    static START: Instant = Instant::now();
    /// The time for which the machine was suspended.
    static SUSPENDED: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

fn wall() -> SystemTime {
    let running = START.with(Instant::elapsed);
    SystemTime::UNIX_EPOCH + HOUR * 500_000 + running + SUSPENDED.get()
}

/// An issuer that gives the answers of the test, and records when it was asked.
#[derive(Clone)]
struct Issuer {
    answer: Arc<Mutex<fn() -> Answer>>,
    fetches: Arc<Mutex<Vec<Instant>>>,
}

impl Source for Issuer {
    async fn fetch(&mut self, _: Fetch) -> Answer {
        self.fetches.lock().unwrap().push(Instant::now());
        let answer = *self.answer.lock().unwrap();
        answer()
    }
}

impl Issuer {
    fn answers(&self, answer: fn() -> Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    fn hits(&self) -> usize {
        self.fetches.lock().unwrap().len()
    }

    /// Returns the times between the fetches.
    fn pauses(&self) -> Vec<Duration> {
        let fetches = self.fetches.lock().unwrap();
        fetches.windows(2).map(|pair| pair[1] - pair[0]).collect()
    }
}

/// Returns a set with the key `a`, which may be kept for this long.
#[expect(
    clippy::unnecessary_wraps,
    reason = "it is one of the issuer's answers"
)]
fn set(max_age: Option<Duration>) -> Answer {
    let jwk = TestKey::for_algorithm(ES256).jwk(json!({"kid": "a"}));
    let document = json!({ "keys": [jwk] }).to_string();
    let (keys, _) = KeySet::parse(document.as_bytes(), &[ES256]).unwrap();
    Ok(Fetched::Set(FetchedSet {
        keys: Arc::new(keys),
        document: Arc::from(document.as_bytes()),
        max_age,
    }))
}

fn up() -> Answer {
    set(None)
}

fn down() -> Answer {
    Err(Failed {
        error: FetchError::Http(HttpError::TimedOut(TIMES.timeout)),
        has_moved: false,
    })
}

fn start(answer: fn() -> Answer) -> (Arc<Shared>, Issuer) {
    let clocks = Clocks::with_wall(wall);
    let shared = Arc::new(Shared::new("issuer", clocks, Arc::default(), |now| {
        Life::new(TIMES, false, now)
    }));
    let issuer = Issuer {
        answer: Arc::new(Mutex::new(answer)),
        fetches: Arc::default(),
    };
    spawn(&shared, issuer.clone());
    (shared, issuer)
}

fn spawn(shared: &Arc<Shared>, issuer: Issuer) {
    let place = Place::claim(shared).expect("there is no task");
    tokio::spawn(async move { run(&place, issuer, "issuer", &mut Copies::new(None)).await });
}

fn serves(shared: &Shared) -> bool {
    shared.served().is_some()
}

#[tokio::test(start_paused = true)]
async fn a_set_is_fetched_at_least_daily_however_long_its_max_age() {
    let (shared, issuer) = start(|| set(Some(Duration::MAX)));
    sleep(HOUR * 24 * 7).await;
    assert!(serves(&shared));
    let pauses = issuer.pauses();
    assert!(pauses.len() >= 7, "{pauses:?}");
    for pause in pauses {
        assert!(pause >= HOUR * 18 && pause < HOUR * 21, "{pause:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn pauses_between_failing_fetches_grow_to_at_most_a_minute() {
    let (shared, issuer) = start(down);
    sleep(HOUR).await;
    assert!(!serves(&shared));
    let pauses = issuer.pauses();
    assert!(pauses[0] < Duration::from_secs(2), "{pauses:?}");
    for pause in &pauses[7..] {
        assert!(pause.as_secs() >= 30 && pause.as_secs() <= 61, "{pause:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn requests_do_not_shorten_the_pauses_between_failing_fetches() {
    let (shared, issuer) = start(down);
    for _ in 0..60 * 60 {
        sleep(Duration::from_secs(1)).await;
        let found = shared.arrive().find(Some("a"), ES256);
        assert!(matches!(found, Found::Unavailable { .. } | Found::NotYet));
    }
    assert!(issuer.hits() < 130, "{}", issuer.hits());
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_unavailable_is_missing_for_the_reason_that_is_reported() {
    let (shared, issuer) = start(down);
    let shortage_of = async |kid| {
        let mut found = Found::NotYet;
        while matches!(found, Found::NotYet) {
            sleep(Duration::from_millis(10)).await;
            found = shared.arrive().find(Some(kid), ES256);
        }
        match found {
            Found::Unavailable { shortage, .. } => shortage,
            _ => panic!("{kid} is available, or known not to exist"),
        }
    };
    assert_eq!(shortage_of("a").await, Shortage::NotFetched);
    issuer.answers(up);
    sleep(Duration::from_secs(61)).await;
    assert!(serves(&shared));
    issuer.answers(down);
    sleep(TIMES.ttl).await;
    assert_eq!(shortage_of("unknown").await, Shortage::NotRefreshed);
    assert_eq!(shared.arrive().shortage().0, Shortage::NotRefreshed);
    sleep(TIMES.max_stale).await;
    assert_eq!(shortage_of("a").await, Shortage::TooOld);
    assert_eq!(shared.arrive().shortage().0, Shortage::TooOld);
}

#[tokio::test(start_paused = true)]
async fn unknown_keys_cause_at_most_one_fetch_in_a_cool_down() {
    let (shared, issuer) = start(up);
    sleep(Duration::from_secs(1)).await;
    for _ in 0..60 * 10 {
        let _ = shared.arrive().find(Some("unknown"), ES256);
        shared.signature_failed();
        sleep(Duration::from_millis(100)).await;
    }
    // The first fetch is at launch.
    let pauses = issuer.pauses();
    assert!(pauses.len() >= 11, "{pauses:?}");
    for pause in &pauses[1..] {
        assert!(*pause >= TIMES.cooldown, "{pauses:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn keys_are_used_while_fetching_fails_until_the_stale_time_is_over() {
    let (shared, issuer) = start(up);
    sleep(Duration::from_secs(1)).await;
    issuer.answers(down);
    sleep(TIMES.ttl + TIMES.max_stale.mul_f64(0.999)).await;
    assert!(serves(&shared));
    assert!(shared.health().error.is_some());
    sleep(TIMES.max_stale.mul_f64(0.001)).await;
    assert!(!serves(&shared));
    issuer.answers(up);
    sleep(Duration::from_secs(61)).await;
    assert!(serves(&shared));
    assert!(shared.health().error.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_was_suspended_does_not_use_old_keys() {
    let (shared, issuer) = start(up);
    sleep(Duration::from_secs(1)).await;
    issuer.answers(down);
    SUSPENDED.set(TIMES.ttl + TIMES.max_stale);
    // This is before any task can have noticed.
    assert!(!serves(&shared));
    let found = shared.arrive().find(Some("a"), ES256);
    assert!(!matches!(found, Found::Keys(_)));
    issuer.answers(up);
    sleep(MAX_SLEEP + Duration::from_secs(2)).await;
    assert!(serves(&shared));
    assert!(shared.health().age.unwrap() <= MAX_SLEEP * 2);
}

#[tokio::test(start_paused = true)]
async fn the_keys_of_a_task_that_panicked_are_used_and_another_task_takes_over() {
    let (shared, issuer) = start(up);
    sleep(Duration::from_secs(1)).await;
    issuer.answers(|| panic!("a test of panics"));
    sleep(TIMES.ttl).await;
    // Readers do not trust keys that no task keeps fresh, until the state machine has decided.
    assert!(!serves(&shared));
    assert!(shared.health().error.unwrap().contains("panicked"));
    assert!(matches!(
        shared.arrive().find(Some("a"), ES256),
        Found::Keys(_)
    ));
    issuer.answers(up);
    spawn(&shared, issuer.clone());
    sleep(Duration::from_secs(2)).await;
    assert!(serves(&shared));
    assert!(shared.health().error.is_none());
}

#[tokio::test(start_paused = true)]
async fn another_task_takes_over_when_one_is_dropped() {
    let (shared, _) = start(up);
    sleep(Duration::from_secs(1)).await;
    assert!(Place::claim(&shared).is_none());
    let other = std::thread::spawn({
        let shared = Arc::new(Shared::new(
            "issuer",
            Clocks::with_wall(wall),
            Arc::default(),
            |now| Life::new(TIMES, false, now),
        ));
        move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            let runtime = runtime.unwrap();
            let place = Place::claim(&shared).unwrap();
            runtime.spawn(async move {
                let _place = place;
                std::future::pending::<()>().await;
            });
            drop(runtime);
            Place::claim(&shared).is_some()
        }
    });
    assert!(other.join().unwrap());
}
