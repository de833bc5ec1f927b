//! Tests nonces (RFC 9449 §9).

use std::time::Duration;

use auth_runtime::BindingMode;
use auth_runtime::testing::DpopKey;

use super::{ALGORITHMS, bound_api, expect, expect_invalid_proof, url, with_proof};

#[rocket::async_test]
async fn a_proof_without_a_nonce_gets_one_and_passes_with_it() {
    let seed = bound_api(|auth| auth.dpop(BindingMode::Require).dpop_nonce(true)).await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    let proof = || key.proof("GET", &url("/me"), &token);
    let challenge = format!(r#"DPoP error="use_dpop_nonce", algs="{ALGORITHMS}""#);
    let first = proof().sign();
    let reply = with_proof(seed.app.get("/me"), &token, &first).send().await;
    expect(&reply, 401, "use_dpop_nonce", Some(&challenge));
    let nonce = reply.header("DPoP-Nonce").unwrap().to_owned();
    for wrong in ["", "wrong", &format!("{nonce}A")] {
        let reply = with_proof(seed.app.get("/me"), &token, &proof().nonce(wrong).sign());
        let reply = reply.send().await;
        expect(&reply, 401, "use_dpop_nonce", Some(&challenge));
        assert!(reply.header("DPoP-Nonce").is_some());
    }
    let proof = proof().nonce(&nonce).sign();
    let reply = with_proof(seed.app.get("/me"), &token, &proof).send().await;
    reply.expect_success();
    // It is in the first half of its life.
    assert_eq!(reply.header("DPoP-Nonce"), None);
}

#[rocket::async_test]
async fn an_invalid_proof_does_not_get_a_nonce() {
    let seed = bound_api(|auth| auth.dpop(BindingMode::Require).dpop_nonce(true)).await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    let proof = key.proof("POST", &url("/me"), &token).sign();
    let reply = with_proof(seed.app.get("/me"), &token, &proof).send().await;
    expect_invalid_proof(&reply);
    assert_eq!(reply.header("DPoP-Nonce"), None);
}

#[rocket::async_test]
async fn a_proof_that_only_lacked_the_nonce_can_be_used_again() {
    let seed = bound_api(|auth| auth.dpop(BindingMode::Require).dpop_nonce(true)).await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    let proof = || key.proof("GET", &url("/me"), &token).claim("jti", "same");
    let reply = with_proof(seed.app.get("/me"), &token, &proof().sign())
        .send()
        .await;
    let nonce = reply.header("DPoP-Nonce").unwrap().to_owned();
    let proof = proof().nonce(&nonce).sign();
    let reply = with_proof(seed.app.get("/me"), &token, &proof).send().await;
    reply.expect_success();
}

#[rocket::async_test]
async fn instances_with_one_key_accept_each_others_nonces() {
    let shared = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let instance = |key: Option<&'static str>| {
        bound_api(move |auth| {
            let auth = auth.dpop(BindingMode::Require).dpop_nonce(true);
            match key {
                Some(key) => auth.dpop_nonce_key(key),
                None => auth,
            }
        })
    };
    for (keys, passes) in [([Some(shared); 2], true), ([Some(shared), None], false)] {
        let (one, other) = (instance(keys[0]).await, instance(keys[1]).await);
        let key = DpopKey::generate();
        let token = one.token().bound_to(&key).mint();
        let proof = key.proof("GET", &url("/me"), &token).sign();
        let reply = with_proof(one.app.get("/me"), &token, &proof).send().await;
        let nonce = reply.header("DPoP-Nonce").unwrap().to_owned();
        let token = other.token().bound_to(&key).mint();
        let proof = key.proof("GET", &url("/me"), &token).nonce(&nonce).sign();
        let reply = with_proof(other.app.get("/me"), &token, &proof)
            .send()
            .await;
        assert_eq!(reply.status == 200, passes, "{keys:?}");
    }
}

#[rocket::async_test]
async fn a_nonce_in_the_second_half_of_its_life_is_renewed() {
    let auth = |auth: auth_runtime::AuthBuilder| {
        auth.dpop(BindingMode::Require)
            .dpop_nonce(true)
            .leeway(Duration::from_secs(600))
    };
    let (seed, clock) = super::bound_api_with_clock(auth).await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    let proof = |nonce: &str| key.proof("GET", &url("/me"), &token).nonce(nonce).sign();
    let call = async |nonce: &str| {
        with_proof(seed.app.get("/me"), &token, &proof(nonce))
            .send()
            .await
    };
    let nonce = call("").await.header("DPoP-Nonce").unwrap().to_owned();
    clock.advance(Duration::from_secs(160));
    let reply = call(&nonce).await;
    reply.expect_success();
    let renewed = reply.header("DPoP-Nonce").unwrap().to_owned();
    assert_ne!(renewed, nonce);
    clock.advance(Duration::from_secs(160));
    assert_eq!(call(&nonce).await.json()["code"], "use_dpop_nonce");
    call(&renewed).await.expect_success();
}
