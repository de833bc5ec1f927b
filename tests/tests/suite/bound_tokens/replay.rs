//! Tests that a proof can be used once, in one process and in all that share a store.

use std::time::Duration;

use auth_runtime::BindingMode;
use auth_runtime::issuer::LocalIssuer;
use auth_runtime::testing::DpopKey;
use auth_runtime::{Auth, AuthBuilder, routes};

use super::{
    PUBLIC_URL, bound_api, dpop_api, expect, expect_invalid_proof, get_bound, me, url, with_proof,
};
use crate::support::{App, Network, Proxy, RedisServer, Reply, Seed, eventually, quiet};

#[rocket::async_test]
async fn only_one_of_fifty_simultaneous_uses_of_a_proof_passes() {
    let seed = dpop_api(BindingMode::Allow).await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    let proof = key.proof("GET", &url("/me"), &token).sign();
    let calls: Vec<_> = (0..50)
        .map(|_| tokio::spawn(with_proof(seed.app.get("/me"), &token, &proof).send()))
        .collect();
    let mut passed = 0;
    for call in calls {
        let reply = call.await.unwrap();
        if reply.status == 200 {
            passed += 1;
        } else {
            expect_invalid_proof(&reply);
        }
    }
    assert_eq!(passed, 1);
}

#[rocket::async_test]
async fn a_refused_proof_can_be_used_again() {
    let seed = dpop_api(BindingMode::Allow).await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    let proof = |token: &str| {
        key.proof("GET", &url("/me"), token)
            .claim("jti", "same")
            .sign()
    };
    let wrong = proof("another token");
    expect_invalid_proof(&with_proof(seed.app.get("/me"), &token, &wrong).send().await);
    let expired = seed.token().bound_to(&key).expired().mint();
    let reply = with_proof(seed.app.get("/me"), &expired, &proof(&expired))
        .send()
        .await;
    assert_eq!(reply.json()["code"], "token_expired");
    let reply = with_proof(seed.app.get("/me"), &token, &proof(&token))
        .send()
        .await;
    reply.expect_success();
}

#[rocket::async_test]
async fn two_clients_may_use_the_same_jti() {
    let seed = dpop_api(BindingMode::Allow).await;
    for _ in 0..2 {
        let key = DpopKey::generate();
        let token = seed.token().bound_to(&key).mint();
        let proof = key
            .proof("GET", &url("/me"), &token)
            .claim("jti", "same")
            .sign();
        let reply = with_proof(seed.app.get("/me"), &token, &proof).send().await;
        reply.expect_success();
    }
}

#[rocket::async_test]
async fn one_key_may_use_a_tenth_of_the_store() {
    let seed = bound_api(|auth| auth.dpop(BindingMode::Allow).dpop_max_proofs(20)).await;
    let (key, other) = (DpopKey::generate(), DpopKey::generate());
    let token = seed.token().bound_to(&key).mint();
    for _ in 0..2 {
        get_bound(&seed, "/me", &key, &token).await.expect_success();
    }
    let reply = get_bound(&seed, "/me", &key, &token).await;
    expect(&reply, 503, "store_unavailable", None);
    assert_eq!(reply.header("Retry-After"), Some("1"));
    let token = seed.token().bound_to(&other).mint();
    get_bound(&seed, "/me", &other, &token)
        .await
        .expect_success();
}

/// Launches two instances of one API, which share this store.
async fn instances(store: &str) -> (Seed, Seed) {
    let issuer = LocalIssuer::start("https://api.test").await.unwrap();
    let instance = async || {
        let auth: AuthBuilder = Auth::builder()
            .issuer(issuer.url())
            .audience(issuer.audience())
            .public_url(PUBLIC_URL)
            .dpop(BindingMode::Require)
            .store(store);
        let rocket = rocket::custom(quiet())
            .attach(auth.fairing())
            .mount("/", routes![me]);
        Seed {
            app: App::launch(rocket).await,
            issuer: issuer.clone(),
        }
    };
    (instance().await, instance().await)
}

#[rocket::async_test]
async fn instances_that_share_a_redis_accept_a_proof_only_once() {
    let Some(redis) = RedisServer::start_if_installed().await else {
        return;
    };
    let (one, other) = instances(&redis.url()).await;
    let key = DpopKey::generate();
    let token = one.token().bound_to(&key).mint();
    let proof = key.proof("GET", &url("/me"), &token).sign();
    let reply = with_proof(one.app.get("/me"), &token, &proof).send().await;
    reply.expect_success();
    let reply = with_proof(other.app.get("/me"), &token, &proof)
        .send()
        .await;
    expect_invalid_proof(&reply);
    get_bound(&other, "/me", &key, &token)
        .await
        .expect_success();
}

#[rocket::async_test]
async fn while_redis_is_down_proofs_are_answered_with_503_and_not_as_invalid() {
    let Some(mut redis) = RedisServer::start_if_installed().await else {
        return;
    };
    let (one, other) = instances(&redis.url()).await;
    let key = DpopKey::generate();
    let token = one.token().bound_to(&key).mint();
    get_bound(&one, "/me", &key, &token).await.expect_success();
    redis.kill().await;
    for seed in [&one, &other] {
        let reply = get_bound(seed, "/me", &key, &token).await;
        expect(&reply, 503, "store_unavailable", None);
        assert_eq!(reply.header("Retry-After"), Some("1"));
    }
    redis.start().await;
    eventually("the store serves again", async || {
        get_bound(&one, "/me", &key, &token).await.status == 200
    })
    .await;
}

#[rocket::async_test]
async fn a_redis_that_is_down_does_not_stop_the_launch() {
    let mut redis = RedisServer::down(&[]);
    let (one, _) = instances(&redis.url()).await;
    let key = DpopKey::generate();
    let token = one.token().bound_to(&key).mint();
    let reply = get_bound(&one, "/me", &key, &token).await;
    expect(&reply, 503, "store_unavailable", None);
    if redis.start().await {
        eventually("the store serves again", async || {
            get_bound(&one, "/me", &key, &token).await.status == 200
        })
        .await;
    }
}

/// Returns whether the reply says that the store cannot be asked.
fn is_unavailable(reply: &Reply) -> bool {
    if reply.status == 503 {
        expect(reply, 503, "store_unavailable", None);
        assert_eq!(reply.header("Retry-After"), Some("1"));
    }
    reply.status == 503
}

#[rocket::async_test]
async fn while_the_network_to_the_redis_fails_no_proof_passes_and_none_is_called_invalid() {
    let Some(redis) = RedisServer::start_if_installed().await else {
        return;
    };
    let proxy = Proxy::start(redis.port()).await;
    let (one, _) = instances(&proxy.url()).await;
    let key = DpopKey::generate();
    let token = one.token().bound_to(&key).mint();
    for network in [
        Network::DropsEverything,
        Network::DropsReplies,
        Network::IsDown,
        Network::IsSlow(Duration::from_millis(1500)),
    ] {
        get_bound(&one, "/me", &key, &token).await.expect_success();
        proxy.set(network);
        let proof = key.proof("GET", &url("/me"), &token).sign();
        let send = || with_proof(one.app.get("/me"), &token, &proof).send();
        assert!(is_unavailable(&send().await), "{network:?}");
        proxy.set(Network::Works);
        eventually("the store serves again", async || {
            get_bound(&one, "/me", &key, &token).await.status == 200
        })
        .await;
        // Whether the record of the first attempt has reached the store is not known here. If it has, the
        // proof is used up.
        let statuses = [send().await.status, send().await.status];
        let expected = match network {
            Network::DropsEverything | Network::IsDown => [200, 401],
            _ => [401, 401],
        };
        assert_eq!(statuses, expected, "{network:?}");
    }
    proxy.set(Network::IsSlow(Duration::from_millis(200)));
    get_bound(&one, "/me", &key, &token).await.expect_success();
    proxy.cut_off();
    get_bound(&one, "/me", &key, &token).await.expect_success();
}

#[rocket::async_test]
async fn a_redis_that_is_full_lets_no_proof_pass() {
    let Some(redis) = RedisServer::start_if_installed().await else {
        return;
    };
    let (one, _) = instances(&redis.url()).await;
    let key = DpopKey::generate();
    let token = one.token().bound_to(&key).mint();
    redis.command("CONFIG SET maxmemory 1").await;
    assert!(is_unavailable(&get_bound(&one, "/me", &key, &token).await));
    redis.command("CONFIG SET maxmemory 0").await;
    get_bound(&one, "/me", &key, &token).await.expect_success();
}

#[rocket::async_test]
async fn a_redis_that_refuses_our_password_lets_no_proof_pass() {
    let Some(redis) = RedisServer::start_with(&["--requirepass", "right"]).await else {
        return;
    };
    let with = |password: &str| {
        let user = format!("redis://:{password}@");
        redis.url().replace("redis://", &user)
    };
    let key = DpopKey::generate();
    let (wrong, _) = instances(&with("wrong")).await;
    let token = wrong.token().bound_to(&key).mint();
    assert!(is_unavailable(
        &get_bound(&wrong, "/me", &key, &token).await
    ));
    let (right, _) = instances(&with("right")).await;
    let token = right.token().bound_to(&key).mint();
    get_bound(&right, "/me", &key, &token)
        .await
        .expect_success();
}
