//! Logout (OpenID Connect RP-Initiated Logout, and Back-Channel Logout).

use auth_runtime::issuer::{LocalClient, LocalIssuer};
use auth_runtime::{Auth, requires_auth, routes};
use rocket::get;

use super::{Server, expect_error};
use crate::support::*;

#[requires_auth]
#[get("/me")]
fn me() {}

#[rocket::async_test]
async fn a_logout_ends_the_session_and_leads_back() {
    let server = Server::start().await;
    let tokens = server.log_in("ann", "openid").await;
    let hint = tokens["id_token"].as_str().unwrap();
    let form = [
        ("id_token_hint", hint),
        (
            "post_logout_redirect_uri",
            "http://127.0.0.1:3000/callback?bye=1",
        ),
        ("state", "s"),
    ];
    let reply = server.post_form("end-session", &form).await;
    let back = super::redirect_of(&reply);
    assert_eq!((&*back["bye"], &*back["state"]), ("1", "s"));
    assert!(
        !server
            .is_active(tokens["access_token"].as_str().unwrap())
            .await
    );
    let refresh = [
        ("grant_type", "refresh_token"),
        ("client_id", "app"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    expect_error(&server.token(&refresh).await, 400, "invalid_grant");
    // Without a place to go back to there is a page.
    let reply = server
        .get(&format!("end-session?id_token_hint={hint}"))
        .await;
    reply.expect_success();
    assert!(reply.body.contains("logged out"), "{}", reply.body);
}

#[rocket::async_test]
async fn a_wrong_hint_or_redirect_uri_is_refused_and_ends_nothing() {
    let server = Server::start().await;
    let tokens = server.log_in("ann", "openid").await;
    let hint = tokens["id_token"].as_str().unwrap();
    for form in [
        &[("id_token_hint", "e30.e30.x")][..],
        &[("id_token_hint", hint), ("client_id", "other")],
        &[
            ("id_token_hint", hint),
            ("post_logout_redirect_uri", "https://evil.test/"),
        ],
        &[("post_logout_redirect_uri", "http://127.0.0.1/")],
    ] {
        let reply = server.post_form("end-session", form).await;
        assert_eq!(reply.status, 400, "{form:?}");
        assert_eq!(reply.header("Location"), None);
    }
    assert!(
        server
            .is_active(tokens["access_token"].as_str().unwrap())
            .await
    );
}

#[rocket::async_test]
async fn a_logout_reaches_the_api_of_the_client() {
    // The issuer has to know the address of the API, and the API that of the issuer.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let api = port.local_addr().unwrap();
    drop(port);
    let client = LocalClient::new("app")
        .with_backchannel_logout_uri(format!("http://{api}/backchannel-logout"));
    let issuer = LocalIssuer::builder("https://api.test").clients([client]);
    let server = Server::from_builder(issuer).await;
    let auth = Auth::builder()
        .issuer(server.issuer.url())
        .audience("https://api.test")
        .revocation(true)
        .backchannel_logout("app");
    let figment = quiet().merge(("port", api.port()));
    let rocket = rocket::custom(figment).attach(auth.fairing());
    let app = App::launch(rocket.mount("/", routes![me])).await;
    let tokens = server.log_in("ann", "openid").await;
    let token = tokens["access_token"].as_str().unwrap();
    app.get_with("/me", token).await.expect_success();
    let hint = [("id_token_hint", tokens["id_token"].as_str().unwrap())];
    server
        .post_form("end-session", &hint)
        .await
        .expect_success();
    let reply = app.get_with("/me", token).await;
    assert_eq!(
        (reply.status, &reply.json()["code"]),
        (401, &"token_revoked".into())
    );
}
