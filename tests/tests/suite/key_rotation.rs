//! Keys that come and go while the application runs.

use std::time::Duration;

use rocket::futures::future::join_all;

use crate::support::*;

const NEVER: u32 = 24 * 60 * 60;

/// The seed app with a key-set server in front of its issuer, and the set that it holds published.
async fn start(cooldown: f64) -> (Seed, JwksServer) {
    let server = JwksServer::up(Answer::Held);
    let seed = seed_with([
        ("jwks_uri", server.uri().into()),
        ("jwks_cooldown", cooldown.into()),
        ("jwks_cache_ttl", NEVER.into()),
    ])
    .await;
    server.answer(Answer::Keys(seed.issuer.jwks()));
    (seed, server)
}

fn rotate(seed: &Seed, server: &JwksServer) {
    seed.issuer.rotate();
    server.answer(Answer::Keys(seed.issuer.jwks()));
}

#[tokio::test]
async fn keys_are_fetched_at_launch_and_known_ones_cost_no_more_fetches() {
    let (seed, server) = start(0.0).await;
    for _ in 0..20 {
        seed.answer(&seed.token().mint()).await.expect_success();
    }
    // Nor do tokens that no key could help.
    for token in [
        seed.token().tampered(),
        seed.token().header("alg", "HS256").unknown_key(),
    ] {
        seed.answer(&token.mint()).await.expect(&INVALID_TOKEN);
    }
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn a_rotation_right_after_launch_is_seen_at_once() {
    let (seed, server) = start(f64::from(NEVER)).await;
    let old = seed.token().mint();
    seed.answer(&old).await.expect_success();
    rotate(&seed, &server);
    seed.answer(&seed.token().mint()).await.expect_success();
    assert_eq!(server.hits(), 2);
    // The key that left the set takes its tokens with it.
    seed.answer(&old).await.expect(&UNKNOWN_KEY);
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
async fn unknown_keys_within_the_cool_down_cost_one_fetch() {
    let (seed, server) = start(f64::from(NEVER)).await;
    for number in 0..20 {
        let token = seed
            .token()
            .header("kid", format!("unknown-{number}"))
            .mint();
        seed.answer(&token).await.expect(&UNKNOWN_KEY);
    }
    assert_eq!(server.hits(), 2);
    seed.answer(&seed.token().mint()).await.expect_success();
}

#[tokio::test]
async fn after_the_cool_down_a_rotation_is_seen_again() {
    let (seed, server) = start(0.3).await;
    for _ in 0..2 {
        rotate(&seed, &server);
        let token = seed.token().mint();
        eventually("the new key", || async {
            seed.answer(&token).await.status == 200
        })
        .await;
    }
}

#[tokio::test]
async fn requests_at_launch_wait_for_one_fetch() {
    let server = JwksServer::up(Answer::Held);
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
        // None is answered before the keys are here.
        tokio::task::yield_now().await;
        server.answer(Answer::Keys(seed.issuer.jwks()));
    };
    tokio::join!(answers, release);
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn requests_for_one_new_key_wait_for_one_fetch() {
    let (seed, server) = start(0.0).await;
    seed.answer(&seed.token().mint()).await.expect_success();
    seed.issuer.rotate();
    server.answer(Answer::Held);
    let token = seed.token().mint();
    let answers = async {
        for reply in join_all((0..20).map(|_| seed.answer(&token))).await {
            reply.expect_success();
        }
    };
    let release = async {
        eventually("the fetch", async || server.hits() == 2).await;
        server.answer(Answer::Keys(seed.issuer.jwks()));
    };
    tokio::join!(answers, release);
    assert_eq!(server.hits(), 2);
}

#[tokio::test]
async fn a_request_with_a_known_key_does_not_wait_for_a_fetch() {
    let (seed, server) = start(0.0).await;
    let known = seed.token().mint();
    seed.answer(&known).await.expect_success();
    server.answer(Answer::Held);
    let unknown = seed.token().unknown_key().mint();
    let waits = seed.answer(&unknown);
    let passes = async {
        eventually("the fetch", async || server.hits() == 2).await;
        seed.answer(&known).await.expect_success();
        server.answer(Answer::Keys(seed.issuer.jwks()));
    };
    let (waited, ()) = tokio::join!(waits, passes);
    waited.expect(&UNKNOWN_KEY);
}

#[tokio::test]
async fn a_set_is_fetched_again_before_its_time_is_up() {
    let server = JwksServer::up(Answer::Held);
    let seed = seed_with([
        ("jwks_uri", server.uri().into()),
        ("jwks_cache_ttl", 0.2.into()),
    ])
    .await;
    server.answer(Answer::Keys(seed.issuer.jwks()));
    let old = seed.token().mint();
    seed.answer(&old).await.expect_success();
    rotate(&seed, &server);
    // Without any token of the new key.
    eventually("the old key leaves", || async {
        seed.answer(&old).await.status == 401
    })
    .await;
    seed.answer(&old).await.expect(&UNKNOWN_KEY);
}

#[tokio::test]
async fn requests_that_break_off_do_not_hold_up_others() {
    let (seed, server) = start(0.0).await;
    seed.answer(&seed.token().mint()).await.expect_success();
    server.answer(Answer::Held);
    let unknown = seed.token().unknown_key().mint();
    for _ in 0..5 {
        let broken_off = tokio::time::timeout(Duration::from_millis(5), seed.answer(&unknown));
        assert!(broken_off.await.is_err());
    }
    seed.issuer.rotate();
    server.answer(Answer::Keys(seed.issuer.jwks()));
    seed.answer(&seed.token().mint()).await.expect_success();
}
