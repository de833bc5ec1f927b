//! What the issuer says of a user.

use auth_runtime::issuer::{LocalIssuer, LocalUser};
use auth_runtime::testing::DpopKey;
use serde_json::json;

use super::{Server, exchange_form, expect_error};
use crate::support::*;

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
        "Basic YTpi".to_owned(),
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
    expect_error(
        &userinfo(&server, &bearer, None).await,
        401,
        "invalid_token",
    );
    expect_error(
        &userinfo(&server, &dpop, None).await,
        400,
        "invalid_dpop_proof",
    );
    for (what, wrong) in proof().wrong() {
        let reply = userinfo(&server, &dpop, Some(&wrong)).await;
        assert_eq!(reply.status, 400, "{what}");
    }
    let unbound = server.issuer.token().subject("dora").scope("openid").mint();
    let reply = userinfo(&server, &format!("DPoP {unbound}"), Some(&proof().sign())).await;
    expect_error(&reply, 401, "invalid_token");
}
