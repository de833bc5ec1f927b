//! Bound tokens from the token endpoint (RFC 9449 §5).

use auth_runtime::issuer::LocalIssuer;
use auth_runtime::testing::DpopKey;

use super::{Server, claims_of, exchange_form, expect_error};
use crate::support::*;

const FORM: [(&str, &str); 2] = [("grant_type", "client_credentials"), ("client_id", "app")];

impl Server {
    async fn token_with(&self, form: &[(&str, &str)], proof: &str) -> Reply {
        let request = self.post("oauth/token", form).header("DPoP", proof);
        Reply::read(request.send().await.unwrap()).await
    }

    fn proof(&self, key: &DpopKey) -> String {
        self.unsigned_proof(key).sign()
    }

    fn unsigned_proof<'k>(&self, key: &'k DpopKey) -> auth_runtime::testing::DpopProof<'k> {
        let url = format!("{}oauth/token", self.issuer.url());
        key.proof("POST", &url, "").without_claim("ath")
    }
}

#[rocket::async_test]
async fn a_proof_gives_a_token_that_is_bound_to_its_key() {
    let server = Server::start().await;
    let key = DpopKey::generate();
    let reply = server.token_with(&FORM, &server.proof(&key)).await;
    reply.expect_success();
    assert_eq!(reply.json()["token_type"], "DPoP");
    let claims = claims_of(reply.json()["access_token"].as_str().unwrap());
    assert_eq!(claims["cnf"]["jkt"], key.thumbprint());
    assert_eq!(reply.header("DPoP-Nonce"), None);
    // Without a proof the token is for any bearer.
    let reply = server.token(&FORM).await;
    assert_eq!(reply.json()["token_type"], "Bearer");
}

#[rocket::async_test]
async fn a_wrong_proof_gives_no_token() {
    let server = Server::start().await;
    let key = DpopKey::generate();
    for (what, proof) in server.unsigned_proof(&key).wrong() {
        // There is no token yet, so that any key and any hash of a token will do.
        if ["another key", "no `ath`", "the `ath` of another token"].contains(&what) {
            continue;
        }
        let reply = server.token_with(&FORM, &proof).await;
        assert_eq!(reply.status, 400, "{what}: {reply:?}");
        expect_error(&reply, 400, "invalid_dpop_proof");
    }
    let empty = server.token_with(&FORM, "").await;
    expect_error(&empty, 400, "invalid_dpop_proof");
}

#[rocket::async_test]
async fn a_proof_serves_once() {
    let server = Server::start().await;
    let proof = server.proof(&DpopKey::generate());
    server.token_with(&FORM, &proof).await.expect_success();
    let again = server.token_with(&FORM, &proof).await;
    expect_error(&again, 400, "invalid_dpop_proof");
}

#[rocket::async_test]
async fn with_nonces_a_proof_needs_the_one_of_the_refusal() {
    let builder = LocalIssuer::builder("https://api.test").dpop_nonce(true);
    let server = Server::from_builder(builder).await;
    let key = DpopKey::generate();
    let refused = server.token_with(&FORM, &server.proof(&key)).await;
    expect_error(&refused, 400, "use_dpop_nonce");
    let nonce = refused.header("DPoP-Nonce").unwrap();
    let proof = server.unsigned_proof(&key).nonce(nonce).sign();
    server.token_with(&FORM, &proof).await.expect_success();
    // Who sends no proof needs no nonce.
    server.token(&FORM).await.expect_success();
}

#[rocket::async_test]
async fn a_code_and_a_refresh_token_stay_with_the_key_that_the_client_announced() {
    let server = Server::start().await;
    let (key, other) = (DpopKey::generate(), DpopKey::generate());
    let thumbprint = key.thumbprint();
    let code = server.code("ann", &[("dpop_jkt", &thumbprint)]).await;
    expect_error(&server.exchange(&code).await, 400, "invalid_grant");
    let form = exchange_form(&code);
    let stolen = server.token_with(&form, &server.proof(&other)).await;
    expect_error(&stolen, 400, "invalid_grant");
    let tokens = server.token_with(&form, &server.proof(&key)).await.json();
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "app"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    expect_error(&server.token(&form).await, 400, "invalid_grant");
    let stolen = server.token_with(&form, &server.proof(&other)).await;
    expect_error(&stolen, 400, "invalid_grant");
    let reply = server.token_with(&form, &server.proof(&key)).await;
    reply.expect_success();
    let claims = claims_of(reply.json()["access_token"].as_str().unwrap());
    assert_eq!(claims["cnf"]["jkt"], thumbprint);
}
