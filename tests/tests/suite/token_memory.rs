//! Tests that the memory of verified tokens stays within `token_cache`, whatever the tokens contain.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use auth_runtime::Auth;
use aws_lc_rs::hmac;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::support::*;

const SECRET: &str = "a secret of more than thirty-two bytes";
const CACHE_BYTES: i64 = 256 << 10;

fn auth(token_cache: &str) -> Auth {
    let auth = Auth::builder()
        .audience("api")
        .with("secret", SECRET)
        .with("token_cache", token_cache);
    let figment = rocket::Config::figment().merge(("log_level", "off"));
    let rocket = rocket::custom(figment).attach(auth.fairing()).ignite();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let rocket = runtime.unwrap().block_on(rocket).unwrap();
    rocket.state::<Auth>().unwrap().clone()
}

fn token(claims: &Value) -> String {
    let message = unsigned(&json!({ "alg": "HS256" }), claims);
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let signature = encode(hmac::sign(&key, message.as_bytes()));
    format!("{message}.{signature}")
}

/// Verifies a token. With a secret as key, this never waits.
fn verify(auth: &Auth, token: &str) {
    let verified = pin!(auth.verify(token)).poll(&mut Context::from_waker(Waker::noop()));
    let Poll::Ready(Ok(token)) = verified else {
        panic!("{token} is not verified: {verified:?}");
    };
    // The memory must not grow if a handler reads the claims.
    assert!(token.claim("/exp").is_some());
}

/// Verifies more tokens with these claims than the memory can hold, and returns the number of bytes
/// that remain allocated.
fn growth(token_cache: &str, claims: &Value) -> i64 {
    // A recorder keeps the times of verifications, and the seed app installs one for the whole process.
    metrics::with_local_recorder(&metrics::NoopRecorder, || {
        growth_without_recorder(token_cache, claims)
    })
}

fn growth_without_recorder(token_cache: &str, claims: &Value) -> i64 {
    let auth = auth(token_cache);
    let mut claims = claims.clone();
    claims["aud"] = "api".into();
    claims["exp"] = 4_000_000_000_u64.into();
    claims["jti"] = i64::MAX.into();
    let size = i64::try_from(token(&claims).len()).unwrap();
    let tokens = 2 * CACHE_BYTES / size + 10;
    // The first token sets up state outside of the memory, such as this thread's own state.
    verify(&auth, &token(&claims));
    let measured = allocation_counter::measure(|| {
        for index in 0..tokens {
            claims["jti"] = index.into();
            let token = token(&claims);
            verify(&auth, &token);
            verify(&auth, &token);
        }
    });
    measured.bytes_current
}

/// Returns claims of every shape, up to some kilobytes.
fn any_claims() -> impl Strategy<Value = Value> {
    let text = prop_oneof!["[a-z ]{0,40}", "[\"\\\\\n\u{1}é]{0,40}"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(6, 64, 12, |inner| {
        let name = "[a-z]{1,8}|[\"\\\\é]{1,4}";
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..12).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..12)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    let name = prop_oneof![
        prop::sample::select(&["scope", "scp", "permissions", "roles", "azp", "sid"][..])
            .prop_map(str::to_owned),
        "[a-z]{1,8}",
    ];
    prop::collection::btree_map(name, value, 0..20)
        .prop_map(|members| Value::Object(members.into_iter().collect()))
        .prop_filter("a token has at most 16 KiB", |claims| {
            claims.to_string().len() < 11_000
        })
}

/// Returns claims that take much memory when they are parsed.
fn extreme_claims() -> Vec<Value> {
    let nested = |levels: usize| (0..levels).fold(json!([]), |inner, _| json!([inner]));
    let names = |count: usize| (0..count).map(|index| (format!("{index:x}"), json!(0)));
    vec![
        json!({}),
        json!({ "x": vec![json!([]); 4_000] }),
        json!({ "x": vec![json!({}); 4_000] }),
        json!({ "x": vec![0; 5_000] }),
        json!({ "x": vec![""; 4_000] }),
        json!({ "x": nested(60) }),
        json!({ "x": vec![nested(60); 90] }),
        json!({ "x": names(1_000).collect::<serde_json::Map<_, _>>() }),
        json!({ "x": "x".repeat(10_000) }),
        json!({ "x": "\n".repeat(5_000) }),
        json!({ "scope": "a ".repeat(5_000) }),
        json!({ "scope": "\u{1} ".repeat(1_500) }),
        json!({ "scp": vec!["a"; 2_500], "roles": vec![""; 600] }),
        json!({ "permissions": vec!["\n"; 2_000] }),
        json!({ "realm_access": { "roles": vec!["role"; 40] }, "email": "someone@example.test" }),
    ]
}

#[test]
fn the_memory_of_verified_tokens_stays_within_its_configured_size_for_any_claims() {
    let limit = CACHE_BYTES + CACHE_BYTES / 10;
    for claims in extreme_claims() {
        let growth = growth("256 KiB", &claims);
        assert!(
            growth <= limit,
            "{growth} bytes, {:.80}",
            claims.to_string()
        );
    }
    let config = Config {
        failure_persistence: None,
        ..Config::with_cases(24)
    };
    let outcome = TestRunner::new(config).run(&any_claims(), |claims| {
        let growth = growth("256 KiB", &claims);
        prop_assert!(growth <= limit, "{} bytes, {}", growth, claims);
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn without_a_memory_tokens_are_not_kept() {
    for claims in extreme_claims() {
        let growth = growth("0 B", &claims);
        assert_eq!(growth, 0, "{:.80}", claims.to_string());
    }
}

#[test]
fn a_connection_that_waits_for_its_end_takes_less_than_2_kib() {
    const CONNECTIONS: usize = 10_000;

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let auth = auth("16 MiB");
    let token = token(&json!({
        "aud": "api", "exp": 4_000_000_000_u64, "sub": "auth0|5f7c8ec7c33c6c004bbafe82",
        "jti": "a token id of thirty-two letters", "sid": "a session of thirty-two letters.",
        "client_id": "my_client_id_0123456789abcdefghi", "azp": "my_client_id_0123456789abcdefghi",
    }));
    let token = runtime.block_on(auth.verify(&token)).unwrap();
    let waiting = || {
        let mut ended = Box::pin(token.ended(&auth));
        let _runtime = runtime.enter();
        let polled = ended.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_pending());
        ended
    };
    // The first one sets up state of the runtime.
    drop(waiting());
    let mut all = Vec::with_capacity(CONNECTIONS);
    let measured = allocation_counter::measure(|| {
        for _ in 0..CONNECTIONS {
            all.push(waiting());
        }
    });
    let each = measured.bytes_current / i64::try_from(CONNECTIONS).unwrap();
    assert!((1..=2048).contains(&each), "{each} bytes");
}
