//! Tests each check of a proof in RFC 9449 §4.3.

use std::time::Duration;

use auth_runtime::BindingMode;
use auth_runtime::testing::DpopKey;
use reqwest::Method;
use serde_json::json;

use super::{bound_api, dpop_api, expect_invalid_proof, get_bound, url, with_proof};

#[rocket::async_test]
async fn a_bound_token_passes_with_a_proof_of_its_key() {
    let seed = dpop_api(BindingMode::Allow).await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    // The second time, the token is remembered, but the proof is still checked.
    for _ in 0..2 {
        let reply = get_bound(&seed, "/me", &key, &token).await;
        reply.expect_success();
        assert_eq!(reply.body, "me");
        assert_eq!(reply.header("DPoP-Nonce"), None);
    }
}

#[rocket::async_test]
async fn each_kind_of_invalid_proof_is_refused() {
    let seed = dpop_api(BindingMode::Allow).await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    let right = || key.proof("GET", &url("/me"), &token);
    // The second time, the key is known.
    for _ in 0..2 {
        for (wrong, proof) in right().wrong() {
            let reply = with_proof(seed.app.get("/me"), &token, &proof).send().await;
            assert_eq!(reply.status, 401, "{wrong}");
            expect_invalid_proof(&reply);
        }
        let proof = right().sign();
        let reply = with_proof(seed.app.get("/me"), &token, &proof).send().await;
        reply.expect_success();
    }
}

#[rocket::async_test]
async fn a_known_key_proves_nothing_for_the_token_of_another_key() {
    let seed = dpop_api(BindingMode::Allow).await;
    let (key, other) = (DpopKey::generate(), DpopKey::generate());
    let token = seed.token().bound_to(&key).mint();
    let others = seed.token().bound_to(&other).mint();
    for (key, token) in [(&key, &token), (&other, &others)] {
        get_bound(&seed, "/me", key, token).await.expect_success();
    }
    let proof = other.proof("GET", &url("/me"), &token).sign();
    let reply = with_proof(seed.app.get("/me"), &token, &proof).send().await;
    expect_invalid_proof(&reply);
}

#[rocket::async_test]
async fn a_proof_with_a_repeated_member_is_refused() {
    let seed = dpop_api(BindingMode::Allow).await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    let proof = key.proof("GET", &url("/me"), &token).sign();
    let (message, signature) = proof.rsplit_once('.').unwrap();
    let (header, payload) = message.split_once('.').unwrap();
    let padded = format!("{header}=.{payload}.{signature}");
    let two_parts = format!("{header}.{payload}");
    let no_signature = format!("{header}.{payload}.");
    let long = key
        .proof("GET", &url("/me"), &token)
        .claim("x", "x".repeat(8 * 1024))
        .sign();
    for wrong in [
        padded.as_str(),
        &two_parts,
        &no_signature,
        &long,
        "..",
        "a.b.c",
    ] {
        let reply = with_proof(seed.app.get("/me"), &token, wrong).send().await;
        expect_invalid_proof(&reply);
    }
}

#[rocket::async_test]
async fn the_type_is_case_insensitive_and_may_omit_application() {
    let seed = dpop_api(BindingMode::Allow).await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    for (typ, passes) in [
        ("dpop+jwt", true),
        ("DPoP+JWT", true),
        ("application/dpop+jwt", true),
        ("Application/DPOP+JWT", true),
        ("at+jwt", false),
        ("dpop", false),
        ("text/dpop+jwt", false),
    ] {
        let proof = key.proof("GET", &url("/me"), &token).header("typ", typ);
        let reply = with_proof(seed.app.get("/me"), &token, &proof.sign())
            .send()
            .await;
        assert_eq!(reply.status == 200, passes, "{typ}");
    }
}

#[rocket::async_test]
async fn the_url_is_the_public_one_after_normalisation() {
    let seed = dpop_api(BindingMode::Allow).await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    for (htu, passes) in [
        ("https://api.example.com/v1/me", true),
        ("HTTPS://API.example.COM:443/v1/me", true),
        ("https://api.example.com/v1/%6De?query=1#fragment", true),
        ("https://api.example.com/v1/x/../me", true),
        ("https://api.example.com/v1/ME", false),
        ("https://api.example.com/v1/me/", false),
        ("https://api.example.com/me", false),
        ("http://api.example.com/v1/me", false),
        ("https://api.example.com:8443/v1/me", false),
        ("https://api.example.com.evil.invalid/v1/me", false),
        ("https://user@api.example.com/v1/me", false),
        ("https://api.example.com\\v1\\me", false),
        ("https://api.example.com/v1/\tme", false),
        (" https://api.example.com/v1/me", false),
        ("/v1/me", false),
        ("", false),
    ] {
        let proof = key.proof("GET", htu, &token).sign();
        let reply = with_proof(seed.app.get("/me"), &token, &proof).send().await;
        assert_eq!(reply.status == 200, passes, "{htu}");
    }
}

#[rocket::async_test]
async fn host_and_forwarded_headers_do_not_change_the_url() {
    let seed = dpop_api(BindingMode::Allow).await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    let proof = key
        .proof("GET", "https://evil.invalid/v1/me", &token)
        .sign();
    let reply = with_proof(seed.app.get("/me"), &token, &proof)
        .header("Host", "evil.invalid")
        .header("X-Forwarded-Host", "evil.invalid")
        .header("X-Forwarded-Proto", "https")
        .send()
        .await;
    expect_invalid_proof(&reply);
}

#[rocket::async_test]
async fn the_query_of_the_request_is_not_compared() {
    let seed = dpop_api(BindingMode::Allow).await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    let proof = key.proof("GET", &url("/me"), &token).sign();
    let reply = with_proof(seed.app.get("/me?a=b"), &token, &proof)
        .send()
        .await;
    reply.expect_success();
}

#[rocket::async_test]
async fn the_method_is_the_one_that_the_client_sent() {
    let seed = dpop_api(BindingMode::Allow).await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    for (method, path, htm, passes) in [
        (Method::HEAD, "/me", "HEAD", true),
        // Rocket answers it with the route for GET.
        (Method::HEAD, "/me", "GET", false),
        (Method::HEAD, "/only-head", "HEAD", true),
        (Method::GET, "/me", "get", false),
        (Method::GET, "/me", "HEAD", false),
        (Method::POST, "/me", "POST", true),
        (Method::POST, "/me", "GET", false),
    ] {
        let proof = key.proof(htm, &url(path), &token).sign();
        let call = seed.app.request(method.clone(), path);
        let reply = with_proof(call, &token, &proof).send().await;
        assert_eq!(reply.status == 200, passes, "{method} {path} {htm}");
    }
}

#[rocket::async_test]
async fn the_method_that_rocket_takes_from_a_form_is_compared() {
    let seed = dpop_api(BindingMode::Allow).await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    for (htm, passes) in [("PUT", true), ("POST", false)] {
        let proof = key.proof(htm, &url("/form"), &token).sign();
        let call = seed.app.request(Method::POST, "/form");
        let reply = with_proof(call, &token, &proof)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body("_method=put")
            .send()
            .await;
        assert_eq!(reply.status == 200, passes, "{htm}");
    }
}

#[rocket::async_test]
async fn a_proof_is_fresh_for_its_age_and_may_be_ten_seconds_early() {
    let seed = dpop_api(BindingMode::Allow).await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    let now = crate::support::now();
    for (iat, passes) in [
        (json!(now), true),
        (json!(now - 55), true),
        (json!(now - 65), false),
        (json!(now + 8), true),
        (json!(now + 20), false),
        (json!(f64::from(u32::try_from(now).unwrap()) - 0.5), true),
        (json!(0), false),
        (json!(-1), false),
        (json!(1e300), false),
        (json!(u64::MAX), false),
    ] {
        let proof = key
            .proof("GET", &url("/me"), &token)
            .claim("iat", iat.clone());
        let reply = with_proof(seed.app.get("/me"), &token, &proof.sign())
            .send()
            .await;
        assert_eq!(reply.status == 200, passes, "{iat}");
    }
}

#[rocket::async_test]
async fn the_leeway_is_added_to_the_configured_age() {
    let seed = bound_api(|auth| {
        auth.dpop(BindingMode::Allow)
            .dpop_proof_age(Duration::from_secs(300))
            .leeway(Duration::from_secs(100))
    })
    .await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    let now = crate::support::now();
    for (iat, passes) in [
        (now - 390, true),
        (now - 410, false),
        (now + 105, true),
        (now + 120, false),
    ] {
        let proof = key.proof("GET", &url("/me"), &token).claim("iat", iat);
        let reply = with_proof(seed.app.get("/me"), &token, &proof.sign())
            .send()
            .await;
        assert_eq!(reply.status == 200, passes, "{iat} at {now}");
    }
}

#[rocket::async_test]
async fn a_jti_has_up_to_256_bytes() {
    let seed = dpop_api(BindingMode::Allow).await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    for (jti, passes) in [
        (json!("j".repeat(256)), true),
        (json!("é".repeat(128)), true),
        (json!("é".repeat(129)), false),
        (json!(1), false),
        (json!(null), false),
    ] {
        let proof = key
            .proof("GET", &url("/me"), &token)
            .claim("jti", jti.clone());
        let reply = with_proof(seed.app.get("/me"), &token, &proof.sign())
            .send()
            .await;
        assert_eq!(reply.status == 200, passes, "{jti}");
    }
}

#[rocket::async_test]
async fn the_key_of_a_proof_must_meet_the_rules_for_key_sets() {
    let seed = dpop_api(BindingMode::Allow).await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    for (member, value, passes) in [
        ("use", json!("sig"), true),
        ("use", json!("enc"), false),
        ("key_ops", json!(["verify"]), true),
        ("key_ops", json!(["sign"]), false),
        ("alg", json!("ES256"), true),
        ("alg", json!("ES384"), false),
        ("kid", json!("a"), true),
        ("x5c", json!("ignored"), true),
        ("d", json!("AA"), false),
        ("k", json!("AA"), false),
        ("p", json!(null), false),
        ("crv", json!("P-384"), false),
        ("y", key.jwk()["x"].clone(), false),
    ] {
        let mut jwk = key.jwk();
        jwk[member] = value.clone();
        let proof = key.proof("GET", &url("/me"), &token).header("jwk", jwk);
        let reply = with_proof(seed.app.get("/me"), &token, &proof.sign())
            .send()
            .await;
        assert_eq!(reply.status == 200, passes, "{member} {value}");
    }
}

#[rocket::async_test]
async fn the_algorithms_of_proofs_are_configured_separately_from_those_of_tokens() {
    let seed = bound_api(|auth| auth.dpop(BindingMode::Allow).dpop_algorithms(["EdDSA"])).await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    let reply = get_bound(&seed, "/me", &key, &token).await;
    assert_eq!(
        reply.header("WWW-Authenticate"),
        Some(r#"DPoP error="invalid_dpop_proof", algs="EdDSA""#)
    );
}

#[rocket::async_test]
async fn a_proof_that_was_answered_with_403_cannot_be_used_again() {
    let seed = dpop_api(BindingMode::Allow).await;
    let key = DpopKey::generate();
    let token = seed.token().bound_to(&key).mint();
    let proof = key.proof("GET", &url("/scoped"), &token).sign();
    let call = || with_proof(seed.app.get("/scoped"), &token, &proof);
    let reply = call().send().await;
    assert_eq!(reply.status, 403);
    assert_eq!(
        reply.header("WWW-Authenticate"),
        Some(
            format!(
                r#"DPoP error="insufficient_scope", scope="a", algs="{}""#,
                super::ALGORITHMS
            )
            .as_str()
        )
    );
    expect_invalid_proof(&call().send().await);
}
