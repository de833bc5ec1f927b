//! The signals that it sends to an API.

use super::{Server, expect_error};
use crate::support::*;

#[rocket::async_test]
async fn a_signal_does_not_follow_a_redirect() {
    let server = Server::start().await;
    let other = FaultServer::up(Answer::with("", ""));
    for status in [
        "307 Temporary Redirect",
        "308 Permanent Redirect",
        "302 Found",
    ] {
        let location = format!("Location: {}\r\n", other.uri());
        let api = FaultServer::up(Answer::Whole(status, location, Vec::new()));
        for (path, form) in [
            ("logout", &[("sub", "ann"), ("audience", "app")][..]),
            (
                "push-event",
                &[("sub", "ann"), ("audience", "app"), ("event", "e")],
            ),
        ] {
            let uri = api.uri();
            let form: Vec<_> = form.iter().copied().chain([("uri", &*uri)]).collect();
            let reply = server.post_form(path, &form).await;
            reply.expect_success();
            let sent = reply.json()["status"].as_u64().unwrap();
            assert!(status.starts_with(&sent.to_string()), "{reply:?}");
        }
        assert_eq!(api.hits(), 2);
    }
    assert_eq!(other.hits(), 0);
}

#[rocket::async_test]
async fn a_signal_goes_to_a_loopback_address_only() {
    let server = Server::start().await;
    for uri in [
        "http://api.test/x",
        "http://127.0.0.1@api.test/x",
        "http://10.0.0.1/x",
        "x",
    ] {
        let form = [("sub", "ann"), ("audience", "app"), ("uri", uri)];
        let reply = server.post_form("logout", &form).await;
        expect_error(&reply, 400, "invalid_request");
    }
}
