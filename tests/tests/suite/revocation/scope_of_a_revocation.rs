//! Tests which tokens a revocation affects.

use serde_json::{Value, json};

use super::{revoke, seed_with_revocation};
use crate::support::*;

#[tokio::test]
async fn a_remembered_or_new_token_is_revoked_by_each_of_its_identifiers() {
    for (claim, name) in [
        ("jti", "jti"),
        ("sid", "sid"),
        ("sub", "sub"),
        ("client_id", "client_id"),
        ("azp", "client_id"),
    ] {
        let seed = seed_with_revocation([]).await;
        let token = |value: &str| seed.token().claim(claim, value).mint();
        let (remembered, fresh, other) = (token("this"), token("this"), token("other"));
        seed.answer(&remembered).await.expect_success();
        seed.answer(&other).await.expect_success();
        let reply = revoke(&seed, &json!({ name: "this" }).to_string()).await;
        assert_eq!(reply.status, 204, "{claim}");
        for revoked in [&remembered, &fresh] {
            seed.answer(revoked).await.expect(&TOKEN_REVOKED);
        }
        seed.answer(&other).await.expect_success();
    }
}

#[tokio::test]
async fn revocations_except_by_jti_only_affect_tokens_up_to_the_second_of_the_call() {
    let seed = seed_with_revocation([]).await;
    let before = now();
    for name in ["sid", "sub", "client_id"] {
        let reply = revoke(&seed, &json!({ name: "this" }).to_string()).await;
        assert_eq!(reply.status, 204);
    }
    assert_eq!(revoke(&seed, r#"{"jti":"this"}"#).await.status, 204);
    let after = now();
    let token = |name: &str, iat: Value| {
        let token = seed.token().claim(name, "this").claim("iat", iat);
        token.claim("exp", before + 600).mint()
    };
    for name in ["sid", "sub", "client_id", "azp"] {
        let with_fraction: Value = serde_json::from_str(&format!("{before}.999")).unwrap();
        for iat in [json!(before), json!(before - 100), with_fraction] {
            let revoked = token(name, iat);
            seed.answer(&revoked).await.expect(&TOKEN_REVOKED);
        }
        let later = token(name, json!(after + 1));
        seed.answer(&later).await.expect_success();
    }
    let later = token("jti", json!(after + 100));
    seed.answer(&later).await.expect(&TOKEN_REVOKED);
}

#[tokio::test]
async fn a_value_of_one_claim_does_not_revoke_another_claim() {
    let seed = seed_with_revocation([]).await;
    for name in ["jti", "sid", "sub"] {
        let body = json!({ name: "client" }).to_string();
        assert_eq!(revoke(&seed, &body).await.status, 204);
    }
    let token = seed.token().claim("client_id", "client").claim("sid", "x");
    seed.answer(&token.mint()).await.expect_success();
}

#[tokio::test]
async fn a_revoked_token_is_refused_before_the_requirements_of_the_route() {
    let seed = seed_with_revocation([]).await;
    let token = seed.token().claim("jti", "this").mint();
    assert_eq!(seed.status("/api/private-scoped", &token).await, 403);
    assert_eq!(revoke(&seed, r#"{"jti":"this"}"#).await.status, 204);
    let reply = seed.app.get_with("/api/private-scoped", &token).await;
    reply.expect(&TOKEN_REVOKED);
    let expired = seed.token().claim("jti", "this").expired().mint();
    seed.answer(&expired).await.expect(&TOKEN_EXPIRED);
}

#[tokio::test]
async fn without_revocation_tokens_do_not_need_iat() {
    let seed = seed().await;
    let token = seed.token().without_claim("iat").mint();
    seed.answer(&token).await.expect_success();
}
