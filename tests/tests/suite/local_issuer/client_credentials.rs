//! Client credentials (RFC 6749 §4.4), with claims as parameters.

use auth_runtime::issuer::{LocalClient, LocalIssuer, LocalUser};
use serde_json::json;

use super::{Server, claims_of, expect_error};
use crate::support::*;

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

async fn claims(server: &Server, form: &[(&str, &str)]) -> serde_json::Value {
    let form: Vec<_> = [GRANT].iter().chain(form).copied().collect();
    let reply = server.token(&form).await;
    reply.expect_success();
    assert_eq!(reply.header("Cache-Control"), Some("no-store"));
    claims_of(reply.json()["access_token"].as_str().unwrap())
}

#[rocket::async_test]
async fn every_claim_can_be_asked_for() {
    let server = Server::start().await;
    let claims = claims(
        &server,
        &[
            ("sub", "auth0|42"),
            ("scope", "a b"),
            ("roles", "admin editor"),
            ("permissions", "read"),
            ("claims", r#"{"org": "acme", "level": 3}"#),
            ("audience", "https://other.test"),
            ("client_id", "job"),
        ],
    )
    .await;
    for (name, expected) in [
        ("sub", json!("auth0|42")),
        ("scope", json!("a b")),
        ("roles", json!(["admin", "editor"])),
        ("permissions", json!(["read"])),
        ("org", json!("acme")),
        ("level", json!(3)),
        ("aud", json!("https://other.test")),
        ("client_id", json!("job")),
    ] {
        assert_eq!(claims[name], expected, "{name}");
    }
}

#[rocket::async_test]
async fn a_configured_user_has_what_is_configured() {
    let dora = LocalUser::new("dora")
        .with_scope("a")
        .with_roles(["editor"]);
    let server = Server::from_builder(LocalIssuer::builder("api").users([dora])).await;
    let claims = claims(&server, &[("sub", "dora"), ("scope", "a b")]).await;
    assert_eq!(claims["scope"], "a");
    assert_eq!(claims["roles"], json!(["editor"]));
}

#[rocket::async_test]
async fn no_parameter_overwrites_what_the_issuer_decides() {
    let server = Server::start().await;
    for name in [
        "iss",
        "exp",
        "iat",
        "nbf",
        "jti",
        "cnf",
        "sub",
        "aud",
        "client_id",
        "events",
    ] {
        let claims = json!({ name: 1 }).to_string();
        let reply = server.token(&[GRANT, ("claims", &claims)]).await;
        expect_error(&reply, 400, "invalid_request");
    }
}

#[rocket::async_test]
async fn a_wrong_parameter_is_refused() {
    let server = Server::start().await;
    for (form, error) in [
        (&[("client_id", "x")][..], "invalid_request"),
        (&[("grant_type", "password")], "unsupported_grant_type"),
        (&[GRANT, GRANT], "invalid_request"),
        (&[GRANT, ("claims", "[]")], "invalid_request"),
        (&[GRANT, ("scope", "a\"b")], "invalid_scope"),
        (&[GRANT, ("expires_in", "soon")], "invalid_request"),
        (&[GRANT, ("expires_in", "2592001")], "invalid_request"),
        (&[GRANT, ("token_format", "xml")], "invalid_request"),
    ] {
        expect_error(&server.token(form).await, 400, error);
    }
}

#[rocket::async_test]
async fn a_client_with_a_secret_must_send_it() {
    let client = LocalClient::new("web").with_secret("hush hush");
    let server = Server::from_builder(LocalIssuer::builder("api").clients([client])).await;
    let web = ("client_id", "web");
    let right = server
        .token(&[GRANT, web, ("client_secret", "hush hush")])
        .await;
    right.expect_success();
    let request = server.post("oauth/token", &[GRANT]);
    // Name and secret are form-encoded first.
    let request = request.basic_auth("web", Some("hush+hush"));
    Reply::read(request.send().await.unwrap())
        .await
        .expect_success();
    for form in [
        &[GRANT, web][..],
        &[GRANT, web, ("client_secret", "other")],
        &[GRANT, ("client_assertion", "e30.eyJzdWIiOiJ3ZWIifQ.x")],
    ] {
        let reply = server.token(form).await;
        expect_error(&reply, 401, "invalid_client");
        let challenge = reply.header("WWW-Authenticate");
        assert_eq!(challenge, Some("Basic realm=\"local issuer\""));
    }
}

#[rocket::async_test]
async fn the_client_of_a_request_that_names_none_must_send_its_secret_as_well() {
    let client = LocalClient::new("local-client").with_secret("hush");
    let server = Server::from_builder(LocalIssuer::builder("api").clients([client])).await;
    for form in [&[GRANT][..], &[GRANT, ("client_secret", "other")]] {
        expect_error(&server.token(form).await, 401, "invalid_client");
    }
    let form = [("client_secret", "hush")];
    assert_eq!(claims(&server, &form).await["client_id"], "local-client");
    let server = Server::start().await;
    assert_eq!(claims(&server, &[]).await["client_id"], "local-client");
}

#[rocket::async_test]
async fn claims_with_a_duplicate_name_are_refused() {
    let server = Server::start().await;
    for claims in [
        r#"{"org": "a", "org": "b"}"#,
        r#"{"org": "a", "\u006frg": "b"}"#,
        r#"{"org": {"id": 1, "id": 2}}"#,
        r#"{"org": "a"} x"#,
    ] {
        let reply = server.token(&[GRANT, ("claims", claims)]).await;
        expect_error(&reply, 400, "invalid_request");
    }
}
