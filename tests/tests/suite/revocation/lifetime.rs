//! Tests that with revocation a token does not live longer than revocations are kept.

use serde_json::json;

use super::seed_with_revocation;
use crate::support::*;

#[tokio::test]
async fn a_token_without_iat_is_refused() {
    let seed = seed_with_revocation([]).await;
    let token = seed.token().without_claim("iat").mint();
    seed.answer(&token).await.expect(&INVALID_CLAIMS);
    for iat in [json!("1"), json!(null), json!([])] {
        let token = seed.token().claim("iat", iat.clone()).mint();
        seed.answer(&token).await.expect(&INVALID_CLAIMS);
    }
}

#[tokio::test]
async fn a_token_lives_at_most_as_long_as_revocations_are_kept() {
    let seed = seed_with_revocation([("max_token_lifetime", 600.into())]).await;
    let token = |lifetime: u64| {
        let token = seed.token().claim("iat", now());
        token.claim("exp", now() + lifetime).mint()
    };
    seed.answer(&token(599)).await.expect_success();
    seed.answer(&token(700)).await.expect(&INVALID_CLAIMS);
    let old = seed
        .token()
        .claim("iat", now() - 500)
        .claim("exp", now() + 101);
    seed.answer(&old.mint()).await.expect(&INVALID_CLAIMS);
    let default = seed_with_revocation([]).await;
    let month = default
        .token()
        .claim("iat", now())
        .claim("exp", now() + 2_592_001 + 60);
    default.answer(&month.mint()).await.expect(&INVALID_CLAIMS);
}
