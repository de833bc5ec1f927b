//! Tests that, if a request is wrong in several ways, the reply names the first one in the documented
//! order.

use crate::support::*;

const SCOPED: &str = "/api/private-scoped";

#[tokio::test]
async fn a_malformed_token_is_refused_before_missing_keys_are_reported() {
    let issuer = FaultServer::down();
    let seed = seed_with([("jwks_uri", issuer.uri().into())]).await;
    seed.app
        .get(SCOPED)
        .send()
        .await
        .expect(&AUTHORIZATION_MISSING);
    let basic = seed.app.get(SCOPED).header("Authorization", "Basic dTpw");
    basic.send().await.expect(&SCHEME_NOT_BEARER);
    let bearer = seed.app.get(SCOPED).header("Authorization", "Bearer");
    bearer.send().await.expect(&TOKEN_MISSING);
    seed.app
        .get_with(SCOPED, "a b")
        .await
        .expect(&AUTHORIZATION_MALFORMED);
    let tokens = [
        "not-a-token".to_owned(),
        seed.token().header("alg", "HS256").mint(),
        seed.token().header("crit", vec!["exp"]).mint(),
        seed.token().header("kid", 1).mint(),
        seed.token().claim("filling", "x".repeat(16 * 1024)).mint(),
        format!("{}=", seed.token().mint()),
    ];
    for token in tokens {
        seed.app
            .get_with(SCOPED, &token)
            .await
            .expect(&INVALID_TOKEN);
    }
    // Checks that need keys cannot run without keys.
    let others = [
        seed.token().expired(),
        seed.token().other_audience(),
        seed.token().other_key(),
    ];
    for token in others {
        seed.app
            .get_with(SCOPED, &token.mint())
            .await
            .expect(&KEYS_UNAVAILABLE);
    }
}

#[tokio::test]
async fn the_algorithm_comes_before_the_key() {
    let seed = seed().await;
    let token = seed.token().unknown_key().header("alg", "RS512").mint();
    seed.answer(&token).await.expect(&INVALID_TOKEN);
}

#[tokio::test]
async fn the_key_comes_before_signature_and_claims() {
    let seed = seed().await;
    let token = seed.token().unknown_key().expired().tampered().mint();
    seed.answer(&token).await.expect(&UNKNOWN_KEY);
}

#[tokio::test]
async fn the_signature_comes_before_the_payload_and_its_claims() {
    let seed = seed().await;
    seed.answer(&seed.token().expired().tampered().mint())
        .await
        .expect(&INVALID_TOKEN);
    seed.answer(&seed.token().other_audience().other_key().mint())
        .await
        .expect(&INVALID_TOKEN);
}

#[tokio::test]
async fn expiry_comes_before_the_other_claims_and_the_scope() {
    let seed = seed().await;
    let tokens = [
        seed.token().expired().other_audience(),
        seed.token().expired().other_issuer(),
        seed.token().expired().not_yet_valid(),
        seed.token().expired().without_claim("aud"),
        seed.token().expired().claim("iat", "text"),
        seed.token().expired(),
    ];
    for token in tokens {
        seed.app
            .get_with(SCOPED, &token.mint())
            .await
            .expect(&TOKEN_EXPIRED);
    }
}

#[tokio::test]
async fn the_claims_come_before_the_scope() {
    let seed = seed().await;
    for token in [seed.token().other_audience(), seed.token().other_issuer()] {
        seed.app
            .get_with(SCOPED, &token.mint())
            .await
            .expect(&INVALID_CLAIMS);
    }
}
