//! Revocation by a client (RFC 7009), and what introspection (RFC 7662) says about a token.

use auth_runtime::issuer::{LocalClient, LocalIssuer};
use serde_json::{Value, json};

use super::{Server, expect_error};
use crate::support::*;

async fn revoke(server: &Server, client: &str, token: &str) -> Reply {
    let form = [("token", token), ("client_id", client)];
    server.post_form("revoke", &form).await
}

async fn refresh(server: &Server, token: &str) -> Reply {
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "app"),
        ("refresh_token", token),
    ];
    server.token(&form).await
}

/// The access token and the refresh token of a login at the client `app`.
async fn log_in(server: &Server) -> (String, String) {
    let tokens = server.log_in("ann", "openid").await;
    let token = |name: &str| tokens[name].as_str().unwrap().to_owned();
    (token("access_token"), token("refresh_token"))
}

#[rocket::async_test]
async fn a_revoked_refresh_token_ends_the_session() {
    let server = Server::start().await;
    let (access, token) = log_in(&server).await;
    revoke(&server, "app", &token).await.expect_success();
    expect_error(&refresh(&server, &token).await, 400, "invalid_grant");
    assert!(!server.is_active(&access).await);
    let nobody = server.post_form("revoke", &[("token", &token)]).await;
    expect_error(&nobody, 400, "invalid_request");
}

#[rocket::async_test]
async fn a_client_cannot_revoke_the_token_of_another_one() {
    let client = LocalClient::new("other").with_secret("hush");
    let server = Server::from_builder(LocalIssuer::builder("api").clients([client])).await;
    let (access, token) = log_in(&server).await;
    let opaque = server
        .issuer
        .token()
        .claim("client_id", "app")
        .mint_opaque();
    for token in [&access, &token, &opaque] {
        expect_error(&revoke(&server, "evil", token).await, 400, "invalid_grant");
        let form = [("token", &**token), ("client_id", "other")];
        let reply = server.post_form("revoke", &form).await;
        expect_error(&reply, 401, "invalid_client");
    }
    assert!(server.is_active(&access).await);
    assert!(server.is_active(&opaque).await);
    let reply = refresh(&server, &token).await;
    reply.expect_success();
    // The refresh token that was used is its client's as well.
    expect_error(&revoke(&server, "evil", &token).await, 400, "invalid_grant");
    let next = reply.json()["refresh_token"].as_str().unwrap().to_owned();
    refresh(&server, &next).await.expect_success();
}

#[rocket::async_test]
async fn a_client_can_revoke_its_access_token_and_one_that_is_unknown() {
    let server = Server::start().await;
    let (access, token) = log_in(&server).await;
    let opaque = server
        .issuer
        .token()
        .claim("client_id", "app")
        .mint_opaque();
    for token in [&access, &opaque] {
        // Revoking it again changes nothing.
        for _ in 0..2 {
            revoke(&server, "app", token).await.expect_success();
            assert!(!server.is_active(token).await);
        }
    }
    refresh(&server, &token).await.expect_success();
    for unknown in ["x", "opaque-x", "refresh-x", "e30.e30.x"] {
        revoke(&server, "app", unknown).await.expect_success();
    }
}

#[rocket::async_test]
async fn a_token_whose_times_are_odd_is_not_active() {
    let server = Server::start().await;
    for name in ["exp", "nbf"] {
        for odd in [
            json!("4102444800"),
            json!(null),
            json!([1]),
            json!(true),
            json!({}),
        ] {
            let token = || server.issuer.token().claim(name, odd.clone());
            for token in [token().mint(), token().mint_opaque()] {
                assert!(!server.is_active(&token).await, "{name}: {odd}");
            }
        }
    }
    for (token, expected) in [
        (server.issuer.token().without_claim("exp"), true),
        (server.issuer.token().claim("exp", 4_102_444_800.5), true),
        (
            server.issuer.token().claim("exp", -4_102_444_800_i64),
            false,
        ),
        (server.issuer.token().expired(), false),
        (server.issuer.token().not_yet_valid(), false),
        (server.issuer.token().claim("nbf", 0), true),
    ] {
        assert_eq!(server.is_active(&token.clone().mint()).await, expected);
        assert_eq!(server.is_active(&token.mint_opaque()).await, expected);
    }
}

#[rocket::async_test]
async fn whoever_asks_about_a_token_names_itself_and_authenticates() {
    let server = Server::start().await;
    let token = server.issuer.token().mint();
    let ask = async |form: &[(&str, &str)]| {
        let form: Vec<_> = [("token", &*token)].iter().chain(form).copied().collect();
        server.post_form("introspect", &form).await
    };
    let (id, secret) = (("client_id", "api"), ("client_secret", "any"));
    let reply = ask(&[id, secret]).await;
    assert_eq!(reply.json()["active"], Value::Bool(true));
    expect_error(&ask(&[]).await, 401, "invalid_client");
    expect_error(&ask(&[id]).await, 401, "invalid_client");
    expect_error(&ask(&[secret]).await, 400, "invalid_request");
}
