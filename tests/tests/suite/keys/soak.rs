//! Tests heavy traffic while keys rotate ten times a second and every third fetch fails: `cargo test
//! -p tests --test suite -- --ignored --nocapture keys::soak`.

use std::collections::VecDeque;
use std::fs;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_lc_rs::signature::Ed25519KeyPair;

use super::*;

const ROTATION: Duration = Duration::from_millis(100);
const COOLDOWN: Duration = Duration::from_millis(200);
const TTL: Duration = Duration::from_millis(500);
const TIMEOUT: Duration = Duration::from_secs(1);
/// The longest time until a change of the set is known: the set's life, a fetch that fails, and the
/// first pause after it with its jitter.
const REFRESH: Duration = Duration::from_millis(2500);
/// The number of rotations for which a key is published.
const PUBLISHED: usize = 40;
const CONNECTIONS: usize = 16;
const MAX_GROWTH_KIB: usize = 24 * 1024;

/// The kinds of tokens. Each has its own expected replies.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// The token is signed by a key that has been published for longer than a refresh.
    Right,
    /// The token is signed by a key that was just published, and may not be known yet.
    Fresh,
    /// The token is signed by a key that was withdrawn longer than a refresh ago.
    Withdrawn,
    /// The token names a published key, but is signed by another one.
    Wrong,
    Unknown,
}

const KINDS: [Kind; 8] = [
    Kind::Right,
    Kind::Wrong,
    Kind::Right,
    Kind::Unknown,
    Kind::Right,
    Kind::Fresh,
    Kind::Right,
    Kind::Withdrawn,
];

/// A token, and the time at which its key was published.
struct Minted {
    token: String,
    wrong: String,
    jwk: Value,
    at: Instant,
}

#[derive(Default)]
struct Figures {
    by_status: [AtomicUsize; 3],
    slowest_micros: AtomicUsize,
    wrong_replies: Mutex<Vec<String>>,
}

fn mint(number: usize) -> Minted {
    let pair = Ed25519KeyPair::generate().unwrap();
    let other = TestKey::Ed25519(Ed25519KeyPair::generate().unwrap());
    let key = TestKey::Ed25519(pair);
    let kid = format!("key-{number}");
    let header = json!({"alg": "EdDSA", "kid": kid});
    Minted {
        token: key.token(Algorithm::EdDSA, &header, &claims()),
        wrong: other.token(Algorithm::EdDSA, &header, &claims()),
        jwk: key.jwk(json!({ "kid": kid })),
        at: Instant::now(),
    }
}

fn set(minted: &VecDeque<Minted>) -> Answer {
    let keys: Vec<_> = minted.iter().take(PUBLISHED).map(|one| &one.jwk).collect();
    Answer::keys(json!({ "keys": keys }).to_string())
}

/// Picks a token of this kind. The newest keys come first, and the withdrawn ones last.
fn pick(minted: &VecDeque<Minted>, kind: Kind, turn: usize) -> Option<String> {
    let old_enough = REFRESH + ROTATION;
    let published: Vec<_> = minted.iter().take(PUBLISHED).collect();
    // The oldest key may be withdrawn while the request is on its way.
    let right: Vec<_> = published
        .iter()
        .take(PUBLISHED - 3)
        .filter(|one| one.at.elapsed() > old_enough)
        .collect();
    let withdrawn_for = |one: &&Minted| one.at.elapsed() > ROTATION * 40 + old_enough;
    match kind {
        Kind::Right => Some(right.get(turn % right.len().max(1))?.token.clone()),
        Kind::Fresh => Some(minted.front()?.token.clone()),
        Kind::Wrong => Some(published.get(turn % published.len().max(1))?.wrong.clone()),
        Kind::Withdrawn => {
            let mut gone = minted.iter().skip(PUBLISHED).filter(withdrawn_for);
            Some(gone.next_back()?.token.clone())
        }
        Kind::Unknown => {
            let header = json!({"alg": "EdDSA", "kid": format!("unknown-{turn}")});
            Some(token_of(Algorithm::EdDSA, header, &claims()))
        }
    }
}

/// Sends requests on one connection until the test is over.
async fn client(
    port: u16,
    minted: Arc<Mutex<VecDeque<Minted>>>,
    figures: Arc<Figures>,
    over: Arc<AtomicBool>,
    start: usize,
) {
    let mut connection = KeepAlive::connect(port).await;
    let mut turn = start;
    while !over.load(Relaxed) {
        turn += 1;
        let kind = KINDS[turn % KINDS.len()];
        let picked = pick(&minted.lock().unwrap(), kind, turn);
        let Some(token) = picked else { continue };
        let begin = Instant::now();
        let status = connection.get("/", &token).await;
        let micros = usize::try_from(begin.elapsed().as_micros()).unwrap();
        figures.slowest_micros.fetch_max(micros, Relaxed);
        let (slot, fits) = match status {
            200 => (0, matches!(kind, Kind::Right | Kind::Fresh)),
            401 => (1, kind != Kind::Right),
            // While fetching fails, it is unknown whether the issuer has such a key.
            503 => (2, kind != Kind::Right),
            _ => (2, false),
        };
        figures.by_status[slot].fetch_add(1, Relaxed);
        if !fits {
            let name = KINDS.iter().position(|other| *other == kind);
            figures
                .wrong_replies
                .lock()
                .unwrap()
                .push(format!("{status} for kind {name:?}"));
        }
    }
}

/// Returns the memory of this process, on systems that report it.
fn resident_kib() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes 25 seconds, and needs the machine for itself"]
async fn soak() {
    let length = Duration::from_secs(25);
    let minted = Arc::new(Mutex::new(VecDeque::from([mint(0)])));
    let first = set(&minted.lock().unwrap());
    let server = FaultServer::up(first);
    let app = launch_at(
        &server,
        &format!(
            "algorithms = 'EdDSA'\njwks_cooldown = {}\njwks_cache_ttl = {}\njwks_timeout = {}",
            COOLDOWN.as_secs_f64(),
            TTL.as_secs_f64(),
            TIMEOUT.as_secs_f64()
        ),
    )
    .await;
    let (figures, over) = (Arc::<Figures>::default(), Arc::<AtomicBool>::default());
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|start| {
            let (figures, over) = (Arc::clone(&figures), Arc::clone(&over));
            tokio::spawn(client(
                app.port(),
                Arc::clone(&minted),
                figures,
                over,
                start,
            ))
        })
        .collect();
    let begin = Instant::now();
    let mut rotations = 0;
    let mut resident_before = None;
    let mut next_rotation = begin;
    while begin.elapsed() < length {
        // Every third fetch fails, for one reason after the other.
        let good = set(&minted.lock().unwrap());
        server.keys(match server.hits() % 9 {
            2 => Answer::status("500 Internal Server Error"),
            5 => Answer::Reset,
            8 => Answer::keys("{\"keys\":"),
            _ => good,
        });
        if begin.elapsed() > length / 2 && resident_before.is_none() {
            resident_before = resident_kib();
        }
        if Instant::now() >= next_rotation {
            next_rotation += ROTATION;
            rotations += 1;
            let new = mint(rotations);
            let mut minted = minted.lock().unwrap();
            minted.push_front(new);
            minted.truncate(PUBLISHED * 2);
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let (elapsed, resident_after) = (begin.elapsed(), resident_kib());
    over.store(true, Relaxed);
    for client in clients {
        client.await.unwrap();
    }
    let [accepted, refused, others] = figures
        .by_status
        .each_ref()
        .map(|count| count.load(Relaxed));
    let slowest = figures.slowest_micros.load(Relaxed);
    let growth = resident_after
        .unwrap_or(0)
        .saturating_sub(resident_before.unwrap_or(0));
    println!(
        "{} requests in {elapsed:.1?} ({:.0} a second): {accepted} accepted, {refused} refused, \
         {others} otherwise; slowest {:.1} ms; {rotations} rotations, {} fetches; memory grew by \
         {growth} KiB in the second half",
        accepted + refused + others,
        f64::from(u32::try_from(accepted + refused + others).unwrap()) / elapsed.as_secs_f64(),
        f64::from(u32::try_from(slowest).unwrap()) / 1000.0,
        server.hits(),
    );
    let wrong_replies = figures.wrong_replies.lock().unwrap();
    assert!(
        wrong_replies.is_empty(),
        "{} wrong replies: {:?}",
        wrong_replies.len(),
        wrong_replies.first()
    );
    assert!(accepted > 1000 && refused > 1000);
    assert!(Duration::from_micros(slowest as u64) < TIMEOUT + TIMEOUT / 2);
    // There is one fetch per cool-down for unknown keys, and one for each life of a set or pause
    // after a failure.
    let seconds = elapsed.as_secs_f64();
    let max = seconds / COOLDOWN.as_secs_f64() + seconds / (TTL.as_secs_f64() * 0.75) + 3.0;
    assert!(
        f64::from(u32::try_from(server.hits()).unwrap()) <= max,
        "{} fetches",
        server.hits()
    );
    assert!(growth < MAX_GROWTH_KIB, "memory grew by {growth} KiB");
}
