//! Tests three processes of the seed app that share one real Redis. Scripts run these tests,
//! `tests/soak/run.sh` and `tests/benches/revocation.sh`, because they take long and must not share
//! the machine.

mod latency;
mod soak;

use std::sync::Mutex;

use aws_lc_rs::signature::Ed25519KeyPair;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::keys::test_keys::TestKey;
use crate::support::*;

const PROCESSES: usize = 3;
const ISSUER: &str = "https://issuer.invalid/";
/// The route that any token may call.
const PATH: &str = "/api/private";
/// The number of rotations for which a key is published.
const PUBLISHED: usize = 30;

/// The processes, their issuer and their store.
struct Processes {
    issuer: Issuer,
    redis: tokio::sync::Mutex<RedisServer>,
    ports: [u16; PROCESSES],
    /// They end when they are dropped.
    _running: Vec<SeedProcess>,
}

impl Processes {
    /// Starts them, and waits until each has its copy. Returns `None` if Redis is not installed.
    async fn start() -> Option<Self> {
        let redis =
            RedisServer::start_with(&["--appendonly", "yes", "--appendfsync", "always"]).await?;
        let issuer = Issuer::start();
        let auth = format!(
            "{{issuer=\"{ISSUER}\",audience=\"api\",jwks_uri=\"{}\",algorithms=[\"EdDSA\"],\
             jwks_cooldown=0.2,jwks_cache_ttl=1,revocation=true,store=\"{}\"}}",
            issuer.server.uri(),
            redis.url(),
        );
        let variables = [
            ("ROCKET_AUTH", &*auth),
            // The log has the line with the address, and errors.
            ("ROCKET_LOG_LEVEL", "critical"),
        ];
        let processes: Vec<_> = (0..PROCESSES)
            .map(|_| SeedProcess::start(&variables, &[]))
            .collect();
        let mut ports = [0; PROCESSES];
        for (port, process) in ports.iter_mut().zip(&processes) {
            let url = process.url().await;
            *port = url.rsplit(':').next().unwrap().parse().unwrap();
            let (mut connection, token) = (KeepAlive::connect(*port).await, issuer.token(&[]));
            while connection.get(PATH, &token).await != 200 {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        }
        Some(Self {
            issuer,
            redis: tokio::sync::Mutex::new(redis),
            ports,
            _running: processes,
        })
    }
}

/// Publishes keys, and signs with the newest one.
struct Issuer {
    server: FaultServer,
    keys: Mutex<Vec<TestKey>>,
}

impl Issuer {
    fn start() -> Self {
        let issuer = Self {
            server: FaultServer::up(Answer::status("503 Service Unavailable")),
            keys: Mutex::default(),
        };
        issuer.rotate();
        issuer
    }

    /// Signs with a new key from now on. The keys before it stay in the set for a while.
    fn rotate(&self) {
        let mut keys = self.keys.lock().unwrap();
        keys.push(TestKey::Ed25519(Ed25519KeyPair::generate().unwrap()));
        let newest = keys.iter().enumerate().rev().take(PUBLISHED);
        let jwks: Vec<_> = newest
            .map(|(number, key)| key.jwk(json!({ "kid": kid(number) })))
            .collect();
        let jwks = json!({ "keys": jwks }).to_string();
        self.server.keys(Answer::keys(jwks));
    }

    /// Returns a token with these claims.
    fn token(&self, claims: &[(&str, Value)]) -> String {
        let mut all = json!({"iss": ISSUER, "aud": "api", "iat": now(), "exp": now() + 3600});
        for (name, value) in claims {
            all[*name] = value.clone();
        }
        let keys = self.keys.lock().unwrap();
        let header = json!({"alg": "EdDSA", "kid": kid(keys.len() - 1)});
        let newest = keys.last().expect("there is a key");
        newest.token(Algorithm::EdDSA, &header, &all)
    }

    /// Returns a token that may revoke others.
    fn admin(&self) -> String {
        self.token(&[("scope", "revoke:tokens".into())])
    }
}

fn kid(number: usize) -> String {
    format!("key-{number}")
}

/// Revokes by this claim.
async fn revoke(connection: &mut KeepAlive, admin: &str, claim: &str, value: &str) -> u16 {
    let body = json!({ claim: value }).to_string();
    connection.post("/admin/revocations", admin, &body).await
}
