//! Measures whether the cost of a verification grows with the number of keys, issuers, remembered
//! tokens and cores, and that of a launch with the number of routes.
//!
//! `cargo bench -p tests --bench scale`

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark may panic, like a test"
)]

mod fixtures;
mod table;

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::Barrier;
use std::thread::{self, ScopedJoinHandle};
use std::time::Instant;

use auth_runtime::issuer::LocalIssuer;
use auth_runtime::{Auth, requires_auth};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use cpu_time::{ProcessTime, ThreadTime};
use rocket::figment::value::{Dict, Value as Setting};
use rocket::{Build, Rocket, Route, get};
use serde_json::{Value, json};

use self::fixtures::{AUDIENCE, auth0_claims, done, header, ignited};
use self::table::{contender, measure, median, show};

const CALLS: usize = 200;
const MANY: usize = 100;
const TOKENS: usize = 100_000;
const ROUTES: usize = 10_000;

#[requires_auth]
#[get("/protected")]
fn protected() {}

#[get("/plain")]
fn plain() {}

#[rocket::main]
async fn main() {
    compare_launches().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let issuer = LocalIssuer::start(AUDIENCE)
        .await
        .expect("a loopback port is free");
    let claims = auth0_claims(issuer.url());
    let token = issuer.sign_raw(
        &header("RS256", &issuer.kid()),
        claims.to_string().as_bytes(),
    );
    let jwks: Value = serde_json::from_str(&issuer.jwks()).expect("a key set is JSON");
    let key = &jwks["keys"][0];

    let base = Auth::builder().audience(AUDIENCE).with("token_cache", 0);
    let few = key_set(folder.path(), "few", key, 1);
    let many = key_set(folder.path(), "many", key, MANY);
    let one_key = base.clone().issuer(issuer.url()).with("jwks_file", &*few);
    let one_key = ignited(one_key).await;
    let many_keys = base.clone().issuer(issuer.url()).with("jwks_file", many);
    let many_keys = ignited(many_keys).await;
    // The token's issuer is the last one.
    let names = (1..MANY).map(|index| format!("https://tenant-{index}.invalid/"));
    let issuers: Vec<Setting> = names
        .chain([issuer.url().to_owned()])
        .map(|name| {
            Dict::from([
                ("issuer".to_owned(), name.into()),
                ("jwks_file".to_owned(), few.clone().into()),
            ])
            .into()
        })
        .collect();
    let many_issuers = ignited(base.with("issuers", issuers)).await;

    let (single_memory, full_memory) = (edwards(folder.path()).await, edwards(folder.path()).await);
    let tokens: Vec<String> = (0..TOKENS).map(|index| full_memory.token(index)).collect();
    let single = single_memory.token(TOKENS / 2);
    drop(
        single_memory
            .auth
            .verify(&single)
            .await
            .expect("the token is valid"),
    );
    for token in &tokens {
        drop(
            full_memory
                .auth
                .verify(token)
                .await
                .expect("the token is valid"),
        );
    }

    let fresh = |auth: &Auth| {
        black_box(done(auth.verify(&token)).expect("the token is valid"));
    };
    let (mut next, mut reads) = (0, TOKENS / 2);
    let mut contenders = vec![
        contender("fresh, one key", 0, CALLS, || fresh(&one_key)),
        contender("fresh, 100 keys", 0, CALLS, || fresh(&many_keys)),
        contender("fresh, 100 issuers", 0, CALLS, || fresh(&many_issuers)),
        contender("remembered, the only one", 3, 20 * CALLS, || {
            black_box(done(single_memory.auth.verify(&single)).is_ok());
        }),
        contender("remembered, among 100,000", 3, 20 * CALLS, || {
            black_box(done(full_memory.auth.verify(&tokens[TOKENS / 2])).is_ok());
        }),
        contender("100,000 remembered in turn", 3, TOKENS, || {
            next = (next + 1) % TOKENS;
            black_box(done(full_memory.auth.verify(&tokens[next])).is_ok());
        }),
        // A server has just received the token of a request. Here it comes from main memory.
        contender("of these, reading the 100,000 tokens", 3, TOKENS, || {
            reads = (reads + 1) % TOKENS;
            black_box(tokens[reads].bytes().fold(0, u8::wrapping_add));
        }),
    ];
    measure(&mut contenders);
    show(&mut contenders);
    drop(contenders);

    println!("\n| two threads | times the throughput of one | CPU time each |");
    println!("| --- | ---: | ---: |");
    compare_two_threads("fresh", 2_000, &one_key, &token);
    compare_two_threads(
        "remembered, the same token",
        200_000,
        &single_memory.auth,
        &single,
    );
}

/// Prints the CPU time of a launch up to the point where it would listen.
async fn compare_launches() {
    let (mut rocket, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let alone = mounted(&rocket::routes![plain], rocket::custom(quiet()));
        rocket.push(ignition(alone).await);
        let auth = Auth::builder()
            .audience(AUDIENCE)
            .with("secret", "s".repeat(32));
        let with = rocket::custom(quiet()).attach(auth.fairing());
        ours.push(ignition(mounted(&auth_runtime::routes![protected], with)).await);
    }
    let (rocket, ours) = (median(&mut rocket), median(&mut ours));
    println!("| ignition with {ROUTES} routes | ms |\n| --- | ---: |");
    println!("| Rocket alone | {rocket:.0} |\n| protected | {ours:.0} |\n");
}

fn mounted(routes: &[Route], mut rocket: Rocket<Build>) -> Rocket<Build> {
    for index in 0..ROUTES {
        rocket = rocket.mount(format!("/{index}"), routes.to_vec());
    }
    rocket
}

/// The milliseconds that it takes.
async fn ignition(rocket: Rocket<Build>) -> f64 {
    let start = ProcessTime::now();
    let ignited = rocket.ignite().await;
    let spent = start.elapsed();
    drop(ignited.expect("the configuration works"));
    spent.as_secs_f64() * 1e3
}

fn quiet() -> rocket::figment::Figment {
    rocket::Config::figment().merge(("log_level", "off"))
}

/// Prints the throughput of two threads relative to one, by the clock, and the CPU time of a call
/// relative to that with one thread. Other load on the machine lowers the first. The second shows
/// what the threads cost each other.
fn compare_two_threads(name: &str, calls: u32, auth: &Auth, token: &str) {
    let run = |threads: usize| {
        let barrier = Barrier::new(threads);
        let start = Instant::now();
        let spent: f64 = thread::scope(|scope| {
            let workers: Vec<_> = (0..threads)
                .map(|_| {
                    scope.spawn(|| {
                        barrier.wait();
                        let start = ThreadTime::now();
                        for _ in 0..calls {
                            black_box(done(auth.verify(token)).is_ok());
                        }
                        start.elapsed().as_secs_f64()
                    })
                })
                .collect();
            let spent = workers.into_iter().map(ScopedJoinHandle::join);
            spent
                .map(|spent| spent.expect("the thread does not panic"))
                .sum()
        });
        (start.elapsed().as_secs_f64(), spent)
    };
    let (mut throughput, mut cost) = (Vec::new(), Vec::new());
    for _ in 0..15 {
        let (one, two) = (run(1), run(2));
        throughput.push(2.0 * one.0 / two.0);
        cost.push(two.1 / 2.0 / one.1);
    }
    let (throughput, cost) = (median(&mut throughput), median(&mut cost));
    println!("| {name} | {throughput:.2} | {cost:.2} |");
}

/// Writes a key set of `count` keys, of which this key is the last.
fn key_set(folder: &Path, name: &str, key: &Value, count: usize) -> String {
    let others = (1..count).map(|index| {
        let mut other = key.clone();
        other["kid"] = format!("another-{index}").into();
        other
    });
    let keys: Vec<Value> = others.chain([key.clone()]).collect();
    let path = folder.join(name);
    fs::write(&path, json!({ "keys": keys }).to_string()).expect("the folder can be written");
    path.display().to_string()
}

/// An issuer that signs quickly.
struct Edwards {
    pair: Ed25519KeyPair,
    auth: Auth,
}

async fn edwards(folder: &Path) -> Edwards {
    const ISSUER: &str = "https://issuer.invalid/";

    let pair = Ed25519KeyPair::generate().expect("a key can be generated");
    let x = BASE64.encode(pair.public_key());
    let key = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "e", "x": x });
    let auth = Auth::builder()
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .algorithms(["EdDSA"])
        .with("jwks_file", key_set(folder, "edwards", &key, 1))
        .with("token_cache", "128 MiB");
    let auth = ignited(auth).await;
    Edwards { pair, auth }
}

impl Edwards {
    fn token(&self, subject: usize) -> String {
        let mut claims = auth0_claims("https://issuer.invalid/");
        claims["sub"] = format!("auth0|{subject}").into();
        let (header, claims) = (header("EdDSA", "e"), claims.to_string());
        let message = format!("{}.{}", BASE64.encode(header), BASE64.encode(claims));
        let signature = self.pair.sign(message.as_bytes());
        format!("{message}.{}", BASE64.encode(signature))
    }
}
