//! Tests keys that are published and withdrawn while the application runs.

use std::time::Duration;

use rocket::futures::future::join_all;

use crate::support::*;

const NEVER: u32 = 24 * 60 * 60;

/// Launches the seed app, and a server that publishes its issuer's key set.
async fn start(cooldown: f64) -> (Seed, FaultServer) {
    let server = FaultServer::up(Answer::Held);
    let seed = seed_with([
        ("jwks_uri", server.uri().into()),
        ("jwks_cooldown", cooldown.into()),
        ("jwks_cache_ttl", NEVER.into()),
    ])
    .await;
    server.keys(Answer::keys(seed.issuer.jwks()));
    (seed, server)
}

fn rotate(seed: &Seed, server: &FaultServer) {
    seed.issuer.rotate();
    server.keys(Answer::keys(seed.issuer.jwks()));
}

#[tokio::test]
async fn keys_are_fetched_at_launch_and_known_keys_cause_no_fetch() {
    let (seed, server) = start(0.0).await;
    for _ in 0..20 {
        seed.answer(&seed.token().mint()).await.expect_success();
    }
    // A token that no key can verify does not cause a fetch either.
    let token = seed.token().header("alg", "HS256").unknown_key().mint();
    seed.answer(&token).await.expect(&INVALID_TOKEN);
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn a_failed_signature_with_a_known_kid_causes_one_fetch_per_cool_down() {
    let (seed, server) = start(f64::from(NEVER)).await;
    seed.answer(&seed.token().mint()).await.expect_success();
    server.keys(Answer::Held);
    let tampered = seed.token().tampered().mint();
    // The request does not wait for the fetch.
    seed.answer(&tampered).await.expect(&INVALID_TOKEN);
    eventually("the fetch", async || server.hits() == 2).await;
    server.keys(Answer::keys(seed.issuer.jwks()));
    for _ in 0..20 {
        seed.answer(&tampered).await.expect(&INVALID_TOKEN);
    }
    assert_eq!(server.hits(), 2);
}

#[tokio::test]
async fn a_key_that_is_replaced_under_the_same_kid_is_noticed() {
    let (seed, server) = start(0.0).await;
    let token = seed.token().mint();
    seed.answer(&token).await.expect_success();
    // Another key is published under the same name, and then the first one again. Only failed
    // signatures cause the fetches.
    let other = auth_runtime::issuer::LocalIssuer::start("").await.unwrap();
    let replaced = other.jwks().replace(&other.kid(), &seed.issuer.kid());
    server.keys(Answer::keys(replaced));
    seed.answer(&seed.token().tampered().mint())
        .await
        .expect(&INVALID_TOKEN);
    eventually("the other key", async || {
        seed.answer(&token).await.status == 401
    })
    .await;
    server.keys(Answer::keys(seed.issuer.jwks()));
    eventually("the key again", async || {
        seed.answer(&token).await.status == 200
    })
    .await;
}

#[tokio::test]
async fn a_rotation_right_after_launch_is_seen_at_once() {
    let (seed, server) = start(f64::from(NEVER)).await;
    let old = seed.token().mint();
    seed.answer(&old).await.expect_success();
    rotate(&seed, &server);
    seed.answer(&seed.token().mint()).await.expect_success();
    assert_eq!(server.hits(), 2);
    // Tokens of the key that left the set are refused. During the cool-down it is unknown whether the
    // issuer has the key.
    seed.answer(&old).await.expect(&KEYS_UNAVAILABLE);
    assert_eq!(server.hits(), 2);
}

#[tokio::test]
async fn a_rotation_of_the_local_issuer_is_seen_at_once() {
    let seed = seed().await;
    let old = seed.token().mint();
    seed.answer(&old).await.expect_success();
    seed.issuer.rotate();
    seed.answer(&seed.token().mint()).await.expect_success();
    seed.answer(&old).await.expect(&UNKNOWN_KEY);
}

#[tokio::test]
async fn in_a_long_cool_down_an_unknown_key_is_503_and_causes_no_fetch() {
    let (seed, server) = start(f64::from(NEVER)).await;
    let unknown = |number| seed.token().header("kid", format!("unknown-{number}"));
    seed.answer(&unknown(0).mint()).await.expect(&UNKNOWN_KEY);
    for number in 1..20 {
        let reply = seed.answer(&unknown(number).mint()).await;
        reply.expect(&KEYS_UNAVAILABLE);
        let retry_after: u32 = reply.header("Retry-After").unwrap().parse().unwrap();
        assert!(retry_after > NEVER - 600, "{retry_after}");
    }
    assert_eq!(server.hits(), 2);
    seed.answer(&seed.token().mint()).await.expect_success();
}

#[tokio::test]
async fn in_a_short_cool_down_a_request_waits_for_the_next_fetch() {
    let (seed, server) = start(1.0).await;
    for _ in 0..3 {
        // A token with an unknown key causes the fetch that is permitted now.
        seed.answer(&seed.token().unknown_key().mint())
            .await
            .expect(&UNKNOWN_KEY);
        rotate(&seed, &server);
        let answers = (0..20).map(|_| async { seed.answer(&seed.token().mint()).await });
        for reply in join_all(answers).await {
            reply.expect_success();
        }
    }
}

#[tokio::test]
async fn a_flood_of_unknown_keys_does_not_make_a_rotated_key_unknown() {
    let (seed, server) = start(0.5).await;
    for round in 0..3 {
        let flood = (0..100).map(|number| {
            let token = seed.token().header("kid", format!("{round}-{number}"));
            let token = token.mint();
            let seed = &seed;
            async move { seed.answer(&token).await }
        });
        let rotated = async {
            rotate(&seed, &server);
            for _ in 0..5 {
                seed.answer(&seed.token().mint()).await.expect_success();
            }
        };
        let (strangers, ()) = tokio::join!(join_all(flood), rotated);
        for reply in strangers {
            reply.expect(&UNKNOWN_KEY);
        }
    }
}

#[tokio::test]
async fn requests_at_launch_wait_for_one_fetch() {
    let server = FaultServer::up(Answer::Held);
    let seed = seed_with([("jwks_uri", server.uri().into())]).await;
    let token = seed.token().mint();
    eventually("the fetch", async || server.hits() == 1).await;
    let answers = async {
        let all = (0..20).map(|_| seed.answer(&token));
        for reply in join_all(all).await {
            reply.expect_success();
        }
    };
    let release = async {
        // Requests are not answered before the keys arrive.
        tokio::task::yield_now().await;
        server.keys(Answer::keys(seed.issuer.jwks()));
    };
    tokio::join!(answers, release);
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn requests_for_one_new_key_wait_for_one_fetch() {
    let (seed, server) = start(0.0).await;
    seed.answer(&seed.token().mint()).await.expect_success();
    seed.issuer.rotate();
    server.keys(Answer::Held);
    let token = seed.token().mint();
    let answers = async {
        for reply in join_all((0..20).map(|_| seed.answer(&token))).await {
            reply.expect_success();
        }
    };
    let release = async {
        eventually("the fetch", async || server.hits() == 2).await;
        server.keys(Answer::keys(seed.issuer.jwks()));
    };
    tokio::join!(answers, release);
    assert_eq!(server.hits(), 2);
}

#[tokio::test]
async fn a_request_with_a_known_key_does_not_wait_for_a_fetch() {
    let (seed, server) = start(0.0).await;
    let known = seed.token().mint();
    seed.answer(&known).await.expect_success();
    server.keys(Answer::Held);
    let unknown = seed.token().unknown_key().mint();
    let waits = seed.answer(&unknown);
    let passes = async {
        eventually("the fetch", async || server.hits() == 2).await;
        seed.answer(&known).await.expect_success();
        server.keys(Answer::keys(seed.issuer.jwks()));
    };
    let (waited, ()) = tokio::join!(waits, passes);
    waited.expect(&UNKNOWN_KEY);
}

#[tokio::test]
async fn a_set_is_fetched_again_before_its_time_is_up() {
    let server = FaultServer::up(Answer::Held);
    let seed = seed_with([
        ("jwks_uri", server.uri().into()),
        ("jwks_cache_ttl", 0.2.into()),
        ("jwks_cooldown", 0_u32.into()),
    ])
    .await;
    server.keys(Answer::keys(seed.issuer.jwks()));
    let old = seed.token().mint();
    seed.answer(&old).await.expect_success();
    rotate(&seed, &server);
    // This happens without any token of the new key.
    eventually("the old key leaves", || async {
        seed.answer(&old).await.status == 401
    })
    .await;
    seed.answer(&old).await.expect(&UNKNOWN_KEY);
}

#[tokio::test]
async fn requests_that_break_off_do_not_delay_others() {
    let (seed, server) = start(0.0).await;
    seed.answer(&seed.token().mint()).await.expect_success();
    server.keys(Answer::Held);
    let unknown = seed.token().unknown_key().mint();
    for _ in 0..5 {
        let broken_off = tokio::time::timeout(Duration::from_millis(5), seed.answer(&unknown));
        assert!(broken_off.await.is_err());
    }
    seed.issuer.rotate();
    server.keys(Answer::keys(seed.issuer.jwks()));
    seed.answer(&seed.token().mint()).await.expect_success();
}
