//! Tests connections that end when their token does.

use super::{revoke, seed_with_revocation};
use crate::support::*;

/// Reads the events of the seed app until it closes the stream.
async fn events(seed: &Seed, token: &str) -> String {
    let reply = seed.app.get("/api/events").bearer(token).send().await;
    reply.expect_success();
    assert_eq!(reply.header("Content-Type"), Some("text/event-stream"));
    reply.body
}

#[track_caller]
fn expect_end(events: &str, reason: &str) {
    assert!(events.contains("event:tick"), "{events}");
    let end = format!("event:end\ndata:{reason}\n\n");
    assert!(events.ends_with(&end), "{events:?} ends with {end:?}");
}

#[tokio::test]
async fn an_expired_token_ends_its_connection() {
    let seed = seed().await;
    let token = seed.token().claim("exp", now() + 2).mint();
    expect_end(&events(&seed, &token).await, "expired");
}

#[tokio::test]
async fn a_revoked_token_ends_its_connection() {
    let seed = seed_with_revocation([]).await;
    let token = seed.token().claim("jti", "this").mint();
    let revoked = async {
        eventually("the stream is open", || async {
            seed.answer(&token).await.status == 200
        })
        .await;
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        assert_eq!(revoke(&seed, r#"{"jti":"this"}"#).await.status, 204);
    };
    let (events, ()) = tokio::join!(events(&seed, &token), revoked);
    expect_end(&events, "revoked");
}

#[tokio::test]
async fn a_withdrawn_key_ends_the_connections_of_its_tokens() {
    let seed = seed_with([("jwks_cooldown", 0.into())]).await;
    let token = seed.token().mint();
    let withdrawn = async {
        eventually("the stream is open", || async {
            seed.answer(&token).await.status == 200
        })
        .await;
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        seed.issuer.rotate();
        // A token of the new key makes the app fetch.
        seed.answer(&seed.token().mint()).await.expect_success();
    };
    let (events, ()) = tokio::join!(events(&seed, &token), withdrawn);
    expect_end(&events, "key_withdrawn");
}
