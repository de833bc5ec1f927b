//! Tests tokens that are bound to a client certificate (RFC 8705), behind a proxy that terminates
//! TLS.

use auth_runtime::BindingMode;
use auth_runtime::issuer::TokenBuilder;
use auth_runtime::testing::DpopKey;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::{bound_api, expect, get_bound};
use crate::support::{Reply, Seed, encode};

const INVALID_TOKEN: &str = r#"Bearer error="invalid_token""#;

/// Returns a client certificate.
fn certificate() -> Vec<u8> {
    let key = rcgen::generate_simple_self_signed(["client.test".to_owned()]);
    key.unwrap().cert.der().to_vec()
}

fn bound<'i>(token: TokenBuilder<'i>, certificate: &[u8]) -> TokenBuilder<'i> {
    token.claim(
        "cnf",
        json!({ "x5t#S256": encode(digest(&SHA256, certificate)) }),
    )
}

async fn mtls_api(mode: BindingMode, proxy: &'static str) -> Seed {
    bound_api(move |auth| {
        auth.mtls(mode)
            .client_certificate_header("Client-Cert")
            .trusted_proxies(proxy)
    })
    .await
}

fn header(certificate: &[u8]) -> String {
    format!(":{}:", STANDARD.encode(certificate))
}

async fn get(seed: &Seed, token: &str, headers: &[&str]) -> Reply {
    let mut call = seed.app.get("/me").bearer(token);
    for header in headers {
        call = call.header("Client-Cert", header);
    }
    call.send().await
}

#[rocket::async_test]
async fn a_bound_token_passes_only_with_its_certificate() {
    for mode in [BindingMode::Allow, BindingMode::Require] {
        let seed = mtls_api(mode, "127.0.0.1").await;
        let (own, other) = (certificate(), certificate());
        let token = bound(seed.token(), &own).mint();
        // The second time, the token is remembered.
        for _ in 0..2 {
            get(&seed, &token, &[&header(&own)]).await.expect_success();
            let mismatch = [
                vec![],
                vec![header(&other)],
                vec![header(&own), header(&own)],
                vec![format!("{};a=1", header(&own))],
                vec![STANDARD.encode(&own)],
                vec!["::".to_owned()],
            ];
            for headers in mismatch {
                let headers: Vec<_> = headers.iter().map(String::as_str).collect();
                let reply = get(&seed, &token, &headers).await;
                expect(&reply, 401, "certificate_mismatch", Some(INVALID_TOKEN));
            }
        }
    }
}

#[rocket::async_test]
async fn the_header_of_an_untrusted_peer_counts_as_absent() {
    for (proxy, passes) in [
        ("127.0.0.0/8", true),
        ("::ffff:127.0.0.1", true),
        ("10.0.0.0/8", false),
        ("::1", false),
    ] {
        let seed = mtls_api(BindingMode::Allow, proxy).await;
        let own = certificate();
        let token = bound(seed.token(), &own).mint();
        let call = seed.app.get("/me").bearer(&token);
        let reply = call
            .header("Client-Cert", &header(&own))
            .header("X-Real-IP", "10.0.0.1")
            .header("X-Forwarded-For", "10.0.0.1")
            .send()
            .await;
        assert_eq!(reply.status == 200, passes, "{proxy}");
    }
}

#[rocket::async_test]
async fn an_unbound_token_passes_unless_bound_ones_are_required() {
    let seed = mtls_api(BindingMode::Allow, "127.0.0.1").await;
    get(&seed, &seed.token().mint(), &[]).await.expect_success();
    let seed = mtls_api(BindingMode::Require, "127.0.0.1").await;
    for headers in [vec![], vec![header(&certificate())]] {
        let headers: Vec<_> = headers.iter().map(String::as_str).collect();
        let reply = get(&seed, &seed.token().mint(), &headers).await;
        expect(&reply, 401, "unbound_token", Some(INVALID_TOKEN));
    }
}

#[rocket::async_test]
async fn a_token_bound_to_both_needs_both() {
    let seed = bound_api(|auth| {
        auth.dpop(BindingMode::Allow)
            .mtls(BindingMode::Require)
            .client_certificate_header("Client-Cert")
            .trusted_proxies("127.0.0.1")
    })
    .await;
    let (key, own) = (DpopKey::generate(), certificate());
    let cnf = json!({
        "jkt": key.thumbprint(),
        "x5t#S256": encode(digest(&SHA256, &own)),
    });
    let token = seed.token().claim("cnf", cnf).mint();
    let proof = || key.proof("GET", &super::url("/me"), &token).sign();
    let call = |proof: &str| super::with_proof(seed.app.get("/me"), &token, proof);
    let reply = call(&proof())
        .header("Client-Cert", &header(&own))
        .send()
        .await;
    reply.expect_success();
    let reply = call(&proof()).send().await;
    assert_eq!(reply.json()["code"], "certificate_mismatch");
    let reply = call("x").header("Client-Cert", &header(&own)).send().await;
    assert_eq!(reply.json()["code"], "invalid_dpop_proof");
    // A token that is bound to the DPoP key only is not bound to a certificate.
    let token = seed.token().bound_to(&key).mint();
    let reply = get_bound(&seed, "/me", &key, &token).await;
    assert_eq!(reply.json()["code"], "unbound_token");
}
