//! Device codes (RFC 8628).

use super::{Server, claims_of, expect_error};
use crate::support::*;

const GRANT: (&str, &str) = ("grant_type", "urn:ietf:params:oauth:grant-type:device_code");

struct Device {
    code: String,
    user_code: String,
}

impl Device {
    async fn start(server: &Server) -> Self {
        let form = [("client_id", "tv"), ("scope", "openid")];
        let reply = server.post_form("device_authorization", &form).await;
        reply.expect_success();
        let started = reply.json();
        let text = |name: &str| started[name].as_str().unwrap().to_owned();
        let page = format!("{}device", server.issuer.url());
        assert_eq!(text("verification_uri"), page);
        let complete = format!("{page}?user_code={}", text("user_code"));
        assert_eq!(text("verification_uri_complete"), complete);
        Self {
            code: text("device_code"),
            user_code: text("user_code"),
        }
    }

    async fn poll(&self, server: &Server, client: &str) -> Reply {
        let form = [GRANT, ("client_id", client), ("device_code", &self.code)];
        server.token(&form).await
    }

    async fn decide(&self, server: &Server, user: &str) -> Reply {
        let form = [("user_code", self.user_code.as_str()), ("user", user)];
        server.post_form("device", &form).await
    }
}

#[rocket::async_test]
async fn a_device_gets_tokens_once_after_its_user_has_logged_in() {
    let server = Server::start().await;
    let device = Device::start(&server).await;
    let page = server
        .get(&format!("device?user_code={}", device.user_code))
        .await;
    page.expect_success();
    assert!(page.body.contains("<b>tv</b>"), "{}", page.body);
    let other = device.poll(&server, "other").await;
    expect_error(&other, 400, "invalid_grant");
    device.decide(&server, "ben").await.expect_success();
    let reply = device.poll(&server, "tv").await;
    reply.expect_success();
    let claims = claims_of(reply.json()["access_token"].as_str().unwrap());
    assert_eq!(
        (&claims["sub"], &claims["client_id"]),
        (&"ben".into(), &"tv".into())
    );
    expect_error(&device.poll(&server, "tv").await, 400, "invalid_grant");
    assert_eq!(device.decide(&server, "ann").await.status, 404);
}

#[rocket::async_test]
async fn a_device_is_answered_pending_until_its_user_decides() {
    let server = Server::start().await;
    let device = Device::start(&server).await;
    expect_error(
        &device.poll(&server, "tv").await,
        400,
        "authorization_pending",
    );
    // The tests in the issuer move the time between two polls.
    device.decide(&server, "nobody").await.expect_success();
    expect_error(&device.poll(&server, "tv").await, 400, "access_denied");
}

#[rocket::async_test]
async fn an_unknown_code_is_refused() {
    let server = Server::start().await;
    let form = [
        GRANT,
        ("client_id", "tv"),
        ("device_code", "device-unknown"),
    ];
    expect_error(&server.token(&form).await, 400, "expired_token");
    assert_eq!(server.get("device?user_code=BCDF-GHJK").await.status, 404);
    let form = [("user_code", "BCDF-GHJK"), ("user", "ann")];
    assert_eq!(server.post_form("device", &form).await.status, 404);
    server.get("device").await.expect_success();
    let nobody = server.post_form("device_authorization", &[]).await;
    expect_error(&nobody, 400, "invalid_request");
}
