//! Labels are bounded: nothing that a client sends becomes one.

use auth_runtime::testing::DpopKey;
use auth_runtime::{BindingMode, requires_scope, routes};
use reqwest::Method;
use rocket::{get, post};

use super::Recorder;
use crate::support::*;

#[requires_scope("a")]
#[get("/items/<_name>")]
fn item(_name: &str) {}

#[requires_scope("a")]
#[post("/items/<_name>")]
fn post_item(_name: &str) {}

/// Sends requests that have this text in every place that a client fills.
async fn attack(seed: &Seed, text: &str) {
    let token = || seed.token().subject(text).claim("client_id", text);
    let key = DpopKey::generate();
    let tokens = [
        token().scope(text).mint(),
        token().scope("a").mint(),
        token().claim("iss", text).mint(),
        token().claim("aud", text).mint(),
        token().header("kid", text).mint(),
        token().header("alg", text).mint(),
        token().header("typ", text).mint(),
        token().claim("azp", text).bound_to(&key).mint(),
        text.to_owned(),
    ];
    for token in &tokens {
        for scheme in ["Bearer", "DPoP", text] {
            let path = format!("/items/{text}?{text}={text}");
            let method = Method::from_bytes(text.to_uppercase().as_bytes()).unwrap();
            for method in [Method::GET, Method::POST, Method::HEAD, method] {
                let proof = key.proof(text, text, text).claim("jti", text).sign();
                let call = seed.app.request(method, &path);
                let call = call.header("Authorization", &format!("{scheme} {token}"));
                let call = call.header("DPoP", &proof).header("Host", text);
                call.header(text, text).send().await;
            }
        }
    }
}

#[tokio::test]
async fn hostile_requests_add_no_label_and_no_series() {
    let recorder = Recorder::install();
    let seed = api_with(
        |auth| {
            auth.public_url("https://api.example.com")
                .dpop(BindingMode::Allow)
        },
        |rocket| rocket.mount("/", routes![item, post_item]),
    )
    .await;
    attack(&seed, "hostile0").await;
    // Values change, and gauges appear in their own time.
    let series = || {
        let counters = [
            "auth_tokens_total",
            "auth_decisions_total",
            "auth_dpop_proofs_total",
            "auth_key_fetches_total",
        ];
        counters.map(|counter| recorder.series(counter).into_keys().collect::<Vec<_>>())
    };
    let before = series();
    for text in ["hostile1", "hostile2", "hostile3"] {
        attack(&seed, text).await;
    }
    assert_eq!(before, series());
    let text = recorder.handle.render();
    assert!(!text.to_lowercase().contains("hostile"), "{text}");
}
