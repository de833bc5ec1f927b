//! What the issuer says of a user.

use auth_runtime::issuer::{LocalIssuer, LocalUser};
use auth_runtime::testing::DpopKey;
use serde_json::json;

use super::{Server, exchange_form, expect_error};
use crate::support::*;

/// The algorithms of proofs, as a challenge names them.
const ALGORITHMS: &str = "algs=\"ES256 ES384 PS256 EdDSA\"";

async fn server() -> Server {
    let dora = LocalUser::new("dora")
        .with_name("Dora")
        .with_claim("email", "dora@acme.example");
    Server::from_builder(LocalIssuer::builder("https://api.test").users([dora])).await
}

async fn userinfo(server: &Server, authorization: &str, proof: Option<&str>) -> Reply {
    let url = format!("{}userinfo", server.issuer.url());
    let mut request = server.http.get(url).header("Authorization", authorization);
    if let Some(proof) = proof {
        request = request.header("DPoP", proof);
    }
    Reply::read(request.send().await.unwrap()).await
}

#[rocket::async_test]
async fn an_access_token_with_openid_reads_what_is_known_of_its_user() {
    let server = server().await;
    let tokens = server.log_in("dora", "openid").await;
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let reply = userinfo(&server, &bearer, None).await;
    reply.expect_success();
    let expected = json!({ "sub": "dora", "name": "Dora", "email": "dora@acme.example" });
    assert_eq!(reply.json(), expected);
}

#[rocket::async_test]
async fn any_other_token_is_refused() {
    let server = server().await;
    let tokens = server.log_in("dora", "read:messages").await;
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let reply = userinfo(&server, &bearer, None).await;
    expect_error(&reply, 403, "insufficient_scope");
    assert_eq!(
        reply.header("WWW-Authenticate"),
        Some("Bearer error=\"insufficient_scope\", scope=\"openid\"")
    );
    let expired = server
        .issuer
        .token()
        .subject("dora")
        .scope("openid")
        .expired()
        .mint();
    let tampered = server.issuer.token().scope("openid").tampered().mint();
    let unknown = server
        .issuer
        .token()
        .subject("nobody")
        .scope("openid")
        .mint();
    for wrong in [
        "Bearer x".to_owned(),
        format!("Bearer {expired}"),
        format!("Bearer {tampered}"),
        format!("Bearer {unknown}"),
    ] {
        let reply = userinfo(&server, &wrong, None).await;
        expect_error(&reply, 401, "invalid_token");
        let challenge = reply.header("WWW-Authenticate");
        assert_eq!(challenge, Some("Bearer error=\"invalid_token\""));
    }
}

#[rocket::async_test]
async fn a_bound_token_needs_its_proof() {
    let server = server().await;
    let key = DpopKey::generate();
    let url = |path: &str| format!("{}{path}", server.issuer.url());
    let code = server.code("dora", &[]).await;
    let proof = key.proof("POST", &url("oauth/token"), "").sign();
    let request = server
        .post("oauth/token", &exchange_form(&code))
        .header("DPoP", proof);
    let tokens = Reply::read(request.send().await.unwrap()).await.json();
    let token = tokens["access_token"].as_str().unwrap();
    let (bearer, dpop) = (format!("Bearer {token}"), format!("DPoP {token}"));
    let proof = || key.proof("GET", &url("userinfo"), token);
    userinfo(&server, &dpop, Some(&proof().sign()))
        .await
        .expect_success();
    let challenge = |error: &str| format!("DPoP error=\"{error}\", {ALGORITHMS}");
    let expect = |reply: &Reply, error: &str| {
        expect_error(reply, 401, error);
        assert_eq!(reply.header("WWW-Authenticate"), Some(&*challenge(error)));
        assert_eq!(reply.header("DPoP-Nonce"), None);
    };
    expect(&userinfo(&server, &bearer, None).await, "invalid_token");
    expect(&userinfo(&server, &dpop, None).await, "invalid_dpop_proof");
    for (what, wrong) in proof().wrong() {
        let reply = userinfo(&server, &dpop, Some(&wrong)).await;
        assert_eq!(reply.status, 401, "{what}");
        expect(&reply, "invalid_dpop_proof");
    }
    let used = proof().sign();
    userinfo(&server, &dpop, Some(&used)).await.expect_success();
    expect(
        &userinfo(&server, &dpop, Some(&used)).await,
        "invalid_dpop_proof",
    );
    let unbound = server.issuer.token().subject("dora").scope("openid").mint();
    let unbound = format!("DPoP {unbound}");
    expect(
        &userinfo(&server, &unbound, Some(&proof().sign())).await,
        "invalid_token",
    );
    let inactive = format!("DPoP {token}x");
    expect(
        &userinfo(&server, &inactive, Some(&proof().sign())).await,
        "invalid_token",
    );
}

#[rocket::async_test]
async fn with_nonces_a_proof_of_possession_needs_the_one_of_the_refusal() {
    let dora = LocalUser::new("dora");
    let builder = LocalIssuer::builder("https://api.test").users([dora]);
    let server = Server::from_builder(builder.dpop_nonce(true)).await;
    let key = DpopKey::generate();
    let url = format!("{}userinfo", server.issuer.url());
    let token = server.issuer.token().subject("dora").scope("openid");
    let token = token.bound_to(&key).mint();
    let dpop = format!("DPoP {token}");
    let proof = key.proof("GET", &url, &token).sign();
    let refused = userinfo(&server, &dpop, Some(&proof)).await;
    expect_error(&refused, 401, "use_dpop_nonce");
    let challenge = format!("DPoP error=\"use_dpop_nonce\", {ALGORITHMS}");
    assert_eq!(refused.header("WWW-Authenticate"), Some(&*challenge));
    let nonce = refused.header("DPoP-Nonce").unwrap();
    let proof = key.proof("GET", &url, &token).nonce(nonce).sign();
    userinfo(&server, &dpop, Some(&proof))
        .await
        .expect_success();
}

#[rocket::async_test]
async fn a_request_without_a_token_is_offered_both_schemes() {
    let server = server().await;
    let offer = format!("Bearer, DPoP {ALGORITHMS}");
    let url = format!("{}userinfo", server.issuer.url());
    let without = Reply::read(server.http.get(url).send().await.unwrap()).await;
    for reply in [without, userinfo(&server, "Basic YTpi", None).await] {
        expect_error(&reply, 401, "invalid_token");
        assert_eq!(reply.header("WWW-Authenticate"), Some(&*offer));
    }
    for malformed in ["Bearer", "Bearer a b"] {
        let reply = userinfo(&server, malformed, None).await;
        expect_error(&reply, 401, "invalid_request");
        let challenge = reply.header("WWW-Authenticate");
        assert_eq!(challenge, Some("Bearer error=\"invalid_request\""));
    }
}
