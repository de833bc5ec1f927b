//! The work whose instructions `instructions.sh` counts by running it under callgrind.
//!
//! `prepare FOLDER` writes a token and its key set once, because generating a key takes a different
//! number of instructions each time. `PART FOLDER CALLS` then repeats one part.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark may panic, like a test"
)]

mod bound;
mod fixtures;

use std::hint::black_box;
use std::path::Path;
use std::{env, fs};

use auth_runtime::issuer::LocalIssuer;
use auth_runtime::{AccessToken, Auth, AuthBuilder};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::Value;

use self::bound::Bound;
use self::fixtures::{AUDIENCE, auth0_claims, done, header, ignited};

const ISSUER: &str = "https://issuer.invalid/";
/// Under valgrind, more revocations would take long to add.
const REVOCATIONS: usize = 10_000;

#[rocket::main]
async fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match &arguments[..] {
        [part, folder, ..] if part == "prepare" => prepare(Path::new(folder)).await,
        [part, folder, calls, ..] => {
            let calls = calls.parse().expect("the last argument is a number");
            repeat(part, Path::new(folder), calls).await;
        }
        _ => println!("run tests/benches/instructions.sh"),
    }
}

async fn prepare(folder: &Path) {
    let issuer = LocalIssuer::start(AUDIENCE)
        .await
        .expect("a loopback port is free");
    let header = header("RS256", &issuer.kid());
    let token = issuer.sign_raw(&header, auth0_claims(ISSUER).to_string().as_bytes());
    bound::prepare(folder, |claims| issuer.sign_raw(&header, claims));
    fs::write(folder.join("token"), token).expect("the folder can be written");
    fs::write(folder.join("keys"), issuer.jwks()).expect("the folder can be written");
}

async fn repeat(part: &str, folder: &Path, calls: usize) {
    let token = fs::read_to_string(folder.join("token")).expect("`prepare` wrote this file");
    let keys = fs::read_to_string(folder.join("keys")).expect("`prepare` wrote this file");
    let auth = Auth::builder()
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .with("jwks_file", folder.join("keys").display().to_string());
    let fresh = ignited(auth.clone().with("token_cache", 0)).await;
    let memory = ignited(auth.clone()).await;
    let caller = memory.verify(&token).await.expect("the token is valid");
    match part {
        "signature" => {
            let keys: Value = serde_json::from_str(&keys).expect("a key set is JSON");
            let (n, e) = (bytes(&keys["keys"][0]["n"]), bytes(&keys["keys"][0]["e"]));
            let key = RsaPublicKeyComponents { n: &n, e: &e }
                .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
                .expect("the components are a valid key");
            let (message, signature) = token.rsplit_once('.').expect("a token has dots");
            let signature = BASE64.decode(signature).expect("a signature is base64url");
            for _ in 0..calls {
                black_box(key.verify_sig(black_box(message.as_bytes()), &signature))
                    .expect("the signature is valid");
            }
        }
        "fresh" => {
            for _ in 0..calls {
                black_box(done(fresh.verify(black_box(&token))).expect("the token is valid"));
            }
        }
        "remembered" => {
            for _ in 0..calls {
                black_box(done(memory.verify(black_box(&token))).expect("the token is valid"));
            }
        }
        "nothing-revoked" | "among-revocations" => {
            let count = if part == "nothing-revoked" {
                0
            } else {
                REVOCATIONS
            };
            let memory = revoked(auth, count).await;
            drop(memory.verify(&token).await.expect("the token is valid"));
            for _ in 0..calls {
                black_box(done(memory.verify(black_box(&token))).expect("the token is valid"));
            }
        }
        "bearer" => {
            Bound::new(auth, folder)
                .await
                .send_bearer(&token, calls)
                .await;
        }
        "proof" => {
            Bound::new(auth, folder).await.send_proofs(calls).await;
        }
        "proof-signature" => Bound::new(auth, folder).await.verify_signature(calls),
        "claims" => {
            for _ in 0..calls {
                let caller = done(memory.verify(black_box(&token))).expect("the token is valid");
                assert!(black_box(caller.claim("gty")).is_some());
            }
        }
        "policy" => {
            for _ in 0..calls {
                assert!(has_scopes(black_box(&caller)));
            }
        }
        other => panic!("unknown part {other}"),
    }
}

/// Returns the handle once this many users are revoked.
async fn revoked(auth: AuthBuilder, count: usize) -> Auth {
    let auth = ignited(auth.revocation(true)).await;
    let revocations = auth.revocations().expect("revocation is on");
    for index in 0..count {
        let user = format!("auth0|{index}");
        let revoked = revocations.revoke_user(ISSUER, &user).await;
        revoked.expect("the store is in memory");
    }
    auth
}

fn has_scopes(token: &AccessToken) -> bool {
    ["read:messages", "write:messages", "openid"]
        .iter()
        .all(|scope| token.has_scope(scope))
}

fn bytes(value: &Value) -> Vec<u8> {
    let text = value.as_str().expect("the members of a key are strings");
    BASE64.decode(text).expect("a key is base64url")
}
