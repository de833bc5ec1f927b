//! Refresh tokens: each can be used once.

use serde_json::Value;

use super::{Server, expect_error};
use crate::support::*;

async fn refresh(server: &Server, tokens: &Value, more: &[(&str, &str)]) -> Reply {
    let token = tokens["refresh_token"].as_str().unwrap();
    let usual = [
        ("grant_type", "refresh_token"),
        ("client_id", "app"),
        ("refresh_token", token),
    ];
    let usual = usual
        .iter()
        .filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    let form: Vec<_> = usual.chain(more).copied().collect();
    server.token(&form).await
}

#[rocket::async_test]
async fn a_refresh_token_is_replaced_by_the_next_one() {
    let server = Server::start().await;
    let mut tokens = server.log_in("ann", "openid").await;
    for _ in 0..3 {
        let reply = refresh(&server, &tokens, &[]).await;
        reply.expect_success();
        let next = reply.json();
        assert_ne!(next["refresh_token"], tokens["refresh_token"]);
        assert_eq!(next["scope"], "openid");
        assert!(
            server
                .is_active(next["access_token"].as_str().unwrap())
                .await
        );
        tokens = next;
    }
}

#[rocket::async_test]
async fn the_reuse_of_an_old_one_ends_the_session_of_whoever_has_the_new_one() {
    let server = Server::start().await;
    let old = server.log_in("ann", "openid").await;
    let new = refresh(&server, &old, &[]).await.json();
    expect_error(&refresh(&server, &old, &[]).await, 400, "invalid_grant");
    expect_error(&refresh(&server, &new, &[]).await, 400, "invalid_grant");
    assert!(
        !server
            .is_active(new["access_token"].as_str().unwrap())
            .await
    );
    // Another session of the same user goes on.
    let other = server.log_in("ann", "openid").await;
    refresh(&server, &other, &[]).await.expect_success();
}

#[rocket::async_test]
async fn a_refresh_token_is_for_its_client_and_its_scopes() {
    let server = Server::start().await;
    let tokens = server.log_in("ann", "openid profile").await;
    let other = refresh(&server, &tokens, &[("client_id", "other")]).await;
    expect_error(&other, 400, "invalid_grant");
    let more = refresh(&server, &tokens, &[("scope", "openid offline_access")]).await;
    expect_error(&more, 400, "invalid_scope");
    let unknown = refresh(&server, &tokens, &[("refresh_token", "refresh-unknown")]).await;
    expect_error(&unknown, 400, "invalid_grant");
    let less = refresh(&server, &tokens, &[("scope", "openid")]).await;
    less.expect_success();
    assert_eq!(less.json()["scope"], "openid");
}
