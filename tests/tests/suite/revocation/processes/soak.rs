//! Tests heavy traffic while tokens are revoked, keys rotate, and Redis is killed and restarted:
//! `tests/soak/run.sh`.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use super::*;

/// The time within which a revocation is in force in every process.
const GRACE: Duration = Duration::from_secs(1);
const READERS_PER_PROCESS: usize = 2;
const ROTATION: Duration = Duration::from_secs(1);
/// The number of tokens that readers pick from. Older tokens are not sent any more.
const TOKENS: usize = 120;
const CLAIMS: [&str; 4] = ["jti", "sid", "sub", "client_id"];

/// A token and its revocation.
struct Token {
    text: String,
    /// Set before the call that revokes it.
    revoking: OnceLock<Instant>,
    /// The time at which the call was acknowledged, and the process that did so.
    revoked: OnceLock<(Instant, usize)>,
}

#[derive(Default)]
struct Figures {
    requests: AtomicUsize,
    refusals: AtomicUsize,
    revocations: AtomicUsize,
    /// The number of calls that were not acknowledged because Redis was down.
    unacknowledged: AtomicUsize,
    restarts: AtomicUsize,
    rotations: AtomicUsize,
    revoked_that_passed: AtomicUsize,
    good_that_were_refused: AtomicUsize,
}

struct World {
    processes: Processes,
    tokens: Mutex<VecDeque<Arc<Token>>>,
    /// The times during which Redis was down, in order. The last one may not have ended yet.
    outages: Mutex<Vec<(Instant, Option<Instant>)>>,
    figures: Figures,
    over: AtomicBool,
}

impl World {
    fn is_over(&self) -> bool {
        self.over.load(Relaxed)
    }

    fn add(&self, text: String) -> Arc<Token> {
        let token = Arc::new(Token {
            text,
            revoking: OnceLock::new(),
            revoked: OnceLock::new(),
        });
        let mut tokens = self.tokens.lock().unwrap();
        tokens.push_back(Arc::clone(&token));
        if tokens.len() > TOKENS {
            tokens.pop_front();
        }
        token
    }

    fn pick(&self) -> Option<Arc<Token>> {
        let tokens = self.tokens.lock().unwrap();
        let index = random_below(tokens.len())?;
        tokens.get(index).cloned()
    }

    /// Returns the time from which a process has to refuse a token. Revocations do not spread while
    /// Redis is down, so the time begins when it is up again.
    fn deadline(&self, token: &Token, process: usize) -> Option<Instant> {
        let &(at, by) = token.revoked.get()?;
        if by == process {
            return Some(at);
        }
        let mut deadline = at + GRACE;
        for (start, end) in &*self.outages.lock().unwrap() {
            if *start <= deadline {
                deadline = deadline.max((*end)? + GRACE);
            }
        }
        Some(deadline)
    }
}

fn random_below(length: usize) -> Option<usize> {
    let mut bytes = [0; 8];
    aws_lc_rs::rand::fill(&mut bytes).unwrap();
    usize::try_from(u64::from_le_bytes(bytes) >> 1)
        .unwrap()
        .checked_rem(length)
}

/// Sends tokens to a process until the test is over.
async fn read(world: Arc<World>, process: usize) {
    let mut connection = KeepAlive::connect(world.processes.ports[process]).await;
    while !world.is_over() {
        let Some(token) = world.pick() else {
            tokio::task::yield_now().await;
            continue;
        };
        let deadline = world.deadline(&token, process);
        let sent = Instant::now();
        let status = connection.get(PATH, &token.text).await;
        let figures = &world.figures;
        figures.requests.fetch_add(1, Relaxed);
        match status {
            200 => {
                if deadline.is_some_and(|deadline| sent > deadline) {
                    figures.revoked_that_passed.fetch_add(1, Relaxed);
                    let late = deadline.map(|deadline| sent - deadline);
                    println!("a revoked token passes process {process}, too late by {late:?}");
                }
            }
            _ if token.revoking.get().is_none() => {
                figures.good_that_were_refused.fetch_add(1, Relaxed);
                println!("process {process} answers {status} to a good token");
            }
            401 => {
                figures.refusals.fetch_add(1, Relaxed);
            }
            status => {
                figures.good_that_were_refused.fetch_add(1, Relaxed);
                println!("process {process} answers {status}");
            }
        }
    }
}

/// Issues tokens and revokes them a moment later, until the test is over.
async fn write(world: Arc<World>, writer: usize) {
    let ports = world.processes.ports;
    let mut connections = Vec::new();
    for port in ports {
        connections.push(KeepAlive::connect(port).await);
    }
    let mut turn = writer;
    while !world.is_over() {
        turn += 1;
        let claim = CLAIMS[turn % CLAIMS.len()];
        let value = format!("{writer}-{turn}");
        let issue = |claims: &[(&str, Value)]| world.add(world.processes.issuer.token(claims));
        let token = issue(&[(claim, value.as_str().into())]);
        // This token is never revoked, although it has the same value in another claim.
        let other = CLAIMS[(turn + 1) % CLAIMS.len()];
        issue(&[(other, value.as_str().into())]);
        pause(100).await;
        token.revoking.set(Instant::now()).unwrap();
        let admin = world.processes.issuer.admin();
        let process = turn % ports.len();
        while revoke(&mut connections[process], &admin, claim, &value).await != 204 {
            world.figures.unacknowledged.fetch_add(1, Relaxed);
            pause(50).await;
        }
        token.revoked.set((Instant::now(), process)).unwrap();
        world.figures.revocations.fetch_add(1, Relaxed);
        if claim != "jti" {
            // A user who logs in again gets a token that was issued later.
            issue(&[(claim, value.as_str().into()), ("iat", (now() + 1).into())]);
        }
    }
}

/// Kills and restarts Redis until the test is over. It ends while Redis is up.
async fn restart_redis(world: Arc<World>) {
    while !world.is_over() {
        pause(6000).await;
        let mut redis = world.processes.redis.lock().await;
        world.outages.lock().unwrap().push((Instant::now(), None));
        redis.kill().await;
        pause(2000).await;
        redis.start().await;
        let mut outages = world.outages.lock().unwrap();
        outages.last_mut().expect("it was pushed").1 = Some(Instant::now());
        world.figures.restarts.fetch_add(1, Relaxed);
    }
}

async fn rotate(world: Arc<World>) {
    while !world.is_over() {
        tokio::time::sleep(ROTATION).await;
        world.processes.issuer.rotate();
        world.figures.rotations.fetch_add(1, Relaxed);
    }
}

/// Waits for up to this many milliseconds.
async fn pause(longest: usize) {
    let length = random_below(longest).unwrap_or_default();
    tokio::time::sleep(Duration::from_millis(length as u64)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a minute, and needs the machine for itself"]
async fn soak_of_revocations() {
    let seconds = std::env::var("SOAK_SECONDS").map_or(60, |text| text.parse().unwrap());
    let Some(processes) = Processes::start().await else {
        return;
    };
    let world = Arc::new(World {
        processes,
        tokens: Mutex::default(),
        outages: Mutex::default(),
        figures: Figures::default(),
        over: AtomicBool::new(false),
    });
    let mut tasks = Vec::new();
    for reader in 0..PROCESSES * READERS_PER_PROCESS {
        tasks.push(tokio::spawn(read(Arc::clone(&world), reader % PROCESSES)));
    }
    for writer in 0..2 {
        tasks.push(tokio::spawn(write(Arc::clone(&world), writer * 1_000_000)));
    }
    tasks.push(tokio::spawn(rotate(Arc::clone(&world))));
    let restarter = tokio::spawn(restart_redis(Arc::clone(&world)));
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    world.over.store(true, Relaxed);
    restarter.await.unwrap();
    for task in tasks {
        task.await.unwrap();
    }
    let figures = &world.figures;
    let count = |figure: &AtomicUsize| figure.load(Relaxed);
    println!(
        "{seconds} s, {PROCESSES} processes, one Redis: {} requests, {} of them refused because of {} \
         revocations ({} calls were not acknowledged and came again); {} restarts of Redis, {} key \
         rotations\nrevoked tokens that passed after their second: {}\ngood tokens that were refused: {}",
        count(&figures.requests),
        count(&figures.refusals),
        count(&figures.revocations),
        count(&figures.unacknowledged),
        count(&figures.restarts),
        count(&figures.rotations),
        count(&figures.revoked_that_passed),
        count(&figures.good_that_were_refused),
    );
    assert!(count(&figures.requests) > 1000 && count(&figures.refusals) > 100);
    assert!(count(&figures.revocations) > 50 && count(&figures.restarts) > 0);
    assert_eq!(count(&figures.revoked_that_passed), 0);
    assert_eq!(count(&figures.good_that_were_refused), 0);
}
