//! Measures what a verification costs, as ratios to the bare signature check of the crypto library.
//! All contenders run in turn in one process, many times. The table shows medians of their CPU time.
//!
//! `cargo bench -p tests --bench verify`

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark may panic, like a test"
)]

mod fixtures;
mod table;
mod watched;

use std::fs;
use std::hint::black_box;

use auth_runtime::issuer::LocalIssuer;
use auth_runtime::{AccessToken, Auth};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair,
    Ed25519KeyPair, KeyPair, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

use self::fixtures::{AUDIENCE, auth0_claims, done, header, ignited};
use self::table::{contender, measure, show};
use self::watched::{Watched, verified};

const ISSUER: &str = "https://issuer.invalid/";
/// How many signatures one contender checks in a row. Short turns expose all contenders to the same
/// load of the machine.
const CALLS: usize = 200;

#[rocket::main]
async fn main() {
    let issuer = LocalIssuer::start(AUDIENCE)
        .await
        .expect("a loopback port is free");
    let token = signed(&issuer, &auth0_claims(issuer.url()));
    let (message, signature) = parts(&token);

    let (raw, decoding, validation) = yardsticks(&issuer);

    let auth = Auth::builder().issuer(issuer.url()).audience(AUDIENCE);
    let fresh = ignited(auth.clone().with("token_cache", 0)).await;
    let memory = ignited(auth.clone().with("token_cache", "64 MiB")).await;
    let many = many_tokens(&issuer);
    let (rich, names) = twenty_claims(&issuer);
    // A token that is recalled again and again is held by this thread.
    for token in many
        .iter()
        .chain([&token, &token, &token, &rich, &rich, &rich])
    {
        drop(memory.verify(token).await.expect("the token is valid"));
    }
    let caller = memory.verify(&token).await.expect("the token is valid");

    let folder = tempfile::tempdir().expect("a temporary folder");
    let (es256, es256_raw, es256_token) = elliptic(folder.path()).await;
    let (eddsa, eddsa_raw, eddsa_token) = edwards(folder.path()).await;
    let (es256_message, es256_signature) = parts(&es256_token);
    let (eddsa_message, eddsa_signature) = parts(&eddsa_token);

    let watched = Watched::new(auth, &token).await;

    let mut next = 0;
    let mut contenders = vec![
        contender(
            "RS256: only the signature, parsed key (the limit)",
            0,
            CALLS,
            || {
                black_box(raw.verify_sig(message.as_bytes(), &signature).is_ok());
            },
        ),
        contender("RS256: jsonwebtoken::decode", 0, CALLS, || {
            black_box(jsonwebtoken::decode::<Value>(&token, &decoding, &validation).is_ok());
        }),
        contender("RS256: a fresh token", 0, CALLS, || {
            black_box(done(fresh.verify(&token)).is_ok());
        }),
        contender(
            "RS256: a fresh token whose claims are read",
            0,
            CALLS,
            || {
                black_box(done(fresh.verify(&token)).is_ok_and(|token| reads_claims(&token)));
            },
        ),
        contender(
            "RS256: a remembered token, three scopes",
            0,
            20 * CALLS,
            || {
                black_box(done(memory.verify(&token)).is_ok_and(|token| has_scopes(&token)));
            },
        ),
        contender("RS256: 10,000 remembered tokens in turn", 0, 10_000, || {
            next = (next + 1) % many.len();
            black_box(done(memory.verify(&many[next])).is_ok());
        }),
        contender("three scopes of a verified token", 0, 20 * CALLS, || {
            black_box(has_scopes(&caller));
        }),
        contender("a remembered token with 20 claims", 0, 20 * CALLS, || {
            black_box(done(memory.verify(&rich)).is_ok());
        }),
        contender("the same, and one of its claims", 0, 20 * CALLS, || {
            black_box(done(memory.verify(&rich)).is_ok_and(|token| token.claim("c19").is_some()));
        }),
        contender("the same, and each of its claims", 0, 20 * CALLS, || {
            black_box(done(memory.verify(&rich)).is_ok_and(|token| has_all(&token, &names)));
        }),
        contender("ES256: only the signature", 10, CALLS, || {
            black_box(
                es256_raw
                    .verify_sig(es256_message.as_bytes(), &es256_signature)
                    .is_ok(),
            );
        }),
        contender("ES256: a fresh token", 10, CALLS, || {
            black_box(done(es256.verify(&es256_token)).is_ok());
        }),
        contender("EdDSA: only the signature", 12, CALLS, || {
            black_box(
                eddsa_raw
                    .verify_sig(eddsa_message.as_bytes(), &eddsa_signature)
                    .is_ok(),
            );
        }),
        contender("EdDSA: a fresh token", 12, CALLS, || {
            black_box(done(eddsa.verify(&eddsa_token)).is_ok());
        }),
    ];
    measure(&mut contenders);
    println!("a token of {} bytes", token.len());
    show(&mut contenders);
    println!();
    watched.measure(&token);
}

/// Returns the issuer's key for the crypto library, and for jsonwebtoken with its rules.
fn yardsticks(issuer: &LocalIssuer) -> (ParsedPublicKey, DecodingKey, Validation) {
    let jwks: Value = serde_json::from_str(&issuer.jwks()).expect("a key set is JSON");
    let (n, e) = (bytes(&jwks["keys"][0]["n"]), bytes(&jwks["keys"][0]["e"]));
    let raw = RsaPublicKeyComponents { n: &n, e: &e }
        .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
        .expect("the issuer's key is a key");
    let decoding = DecodingKey::from_rsa_raw_components(&n, &e);
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_issuer(&[issuer.url()]);
    validation.set_audience(&[AUDIENCE]);
    (raw, decoding, validation)
}

fn many_tokens(issuer: &LocalIssuer) -> Vec<String> {
    let tokens = (0..10_000).map(|index| {
        issuer
            .token()
            .subject(format!("auth0|{index}"))
            .scope("a b c")
            .mint()
    });
    tokens.collect()
}

fn has_scopes(token: &AccessToken) -> bool {
    ["read:messages", "write:messages", "openid"]
        .iter()
        .all(|scope| token.has_scope(scope))
}

/// What a policy and a handler read: the subject, scopes, roles and one more claim.
fn reads_claims(token: &AccessToken) -> bool {
    token.subject().is_some()
        && has_scopes(token)
        && !token.has_role("admin")
        && token.claim("gty").is_some()
}

/// Returns a token with 20 claims, and their names.
fn twenty_claims(issuer: &LocalIssuer) -> (String, Vec<String>) {
    let mut claims = auth0_claims(issuer.url());
    for index in claims.as_object().map_or(0, serde_json::Map::len)..20 {
        claims[format!("c{index}")] = format!("the value of claim {index}").into();
    }
    let names = claims.as_object().into_iter().flatten();
    let names = names.map(|(name, _)| name.clone()).collect();
    (signed(issuer, &claims), names)
}

fn has_all(token: &AccessToken, names: &[String]) -> bool {
    names.iter().all(|name| token.claim(name).is_some())
}

fn signed(issuer: &LocalIssuer, claims: &Value) -> String {
    issuer.sign_raw(
        &header("RS256", &issuer.kid()),
        claims.to_string().as_bytes(),
    )
}

fn parts(token: &str) -> (&str, Vec<u8>) {
    let (message, signature) = token.rsplit_once('.').expect("a token has dots");
    (
        message,
        BASE64.decode(signature).expect("a signature is base64url"),
    )
}

fn bytes(value: &Value) -> Vec<u8> {
    BASE64
        .decode(value.as_str().unwrap_or_default())
        .expect("a key is base64url")
}

async fn elliptic(folder: &std::path::Path) -> (Auth, ParsedPublicKey, String) {
    let pair =
        EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key can be generated");
    let point = pair.public_key().as_ref();
    let (x, y) = (BASE64.encode(&point[1..33]), BASE64.encode(&point[33..]));
    let jwk = json!({ "kty": "EC", "crv": "P-256", "kid": "e", "x": x, "y": y });
    let sign = |message: &[u8]| {
        pair.sign(&SystemRandom::new(), message)
            .expect("the key can sign")
            .as_ref()
            .to_vec()
    };
    let raw =
        ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).expect("the point is a valid key");
    let (auth, token) = auth_and_token(folder, "ES256", &jwk, sign).await;
    (auth, raw, token)
}

async fn edwards(folder: &std::path::Path) -> (Auth, ParsedPublicKey, String) {
    let pair = Ed25519KeyPair::generate().expect("a key can be generated");
    let x = BASE64.encode(pair.public_key());
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "e", "x": x });
    let raw = ParsedPublicKey::new(&ED25519, pair.public_key()).expect("the point is a valid key");
    let sign = |message: &[u8]| pair.sign(message).as_ref().to_vec();
    let (auth, token) = auth_and_token(folder, "EdDSA", &jwk, sign).await;
    (auth, raw, token)
}

async fn auth_and_token(
    folder: &std::path::Path,
    algorithm: &str,
    jwk: &Value,
    sign: impl Fn(&[u8]) -> Vec<u8>,
) -> (Auth, String) {
    let path = folder.join(algorithm);
    fs::write(&path, json!({ "keys": [jwk] }).to_string()).expect("the folder can be written");
    let auth = Auth::builder()
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .algorithms([algorithm])
        .with("jwks_file", path.display().to_string())
        .with("token_cache", 0);
    let (header, claims) = (header(algorithm, "e"), auth0_claims(ISSUER).to_string());
    let mut token = format!("{}.{}", BASE64.encode(header), BASE64.encode(claims));
    let signature = sign(token.as_bytes());
    token.push('.');
    token.push_str(&BASE64.encode(signature));
    (verified(auth, &token).await, token)
}
