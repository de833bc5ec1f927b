//! Tests connections that end when their token does.

use auth_runtime::{AccessToken, Auth, requires_auth, routes};
use rocket::fairing::AdHoc;
use rocket::futures::stream::{self, Stream, StreamExt as _};
use rocket::response::stream::TextStream;
use rocket::{State, get};

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

/// A stream that says one thing and is idle from then on.
#[requires_auth]
#[get("/idle")]
fn idle(token: &AccessToken, auth: &State<Auth>) -> TextStream<impl Stream<Item = String> + use<>> {
    let idle = stream::iter(["open\n".to_owned()]).chain(stream::pending());
    TextStream(auth.until_ended(token, idle))
}

/// An application with the idle stream beside the routes of the seed app. After a
/// second, a shutdown waits an hour for streams that are still open.
async fn seed_with_idle_stream() -> Seed {
    let idle = AdHoc::on_ignite("Idle", |rocket| {
        Box::pin(async { rocket.mount("/", routes![idle]) })
    });
    let issuer = auth_runtime::issuer::LocalIssuer::start("https://api.test").await;
    let issuer = issuer.unwrap();
    let figment = quiet()
        .merge(("auth.issuer", issuer.url()))
        .merge(("auth.audience", issuer.audience()))
        .merge(("auth.revocation", true))
        .merge(("shutdown.grace", 1))
        .merge(("shutdown.mercy", 3600));
    let rocket = seed_app::rocket().configure(figment).attach(idle);
    Seed {
        app: App::launch(rocket).await,
        issuer,
    }
}

#[tokio::test]
async fn an_idle_stream_ends_with_its_token() {
    let seed = seed_with_idle_stream().await;
    let token = seed.token().claim("exp", now() + 2).mint();
    let reply = seed.app.get_with("/idle", &token).await;
    assert_eq!((reply.status, &*reply.body), (200, "open\n"));
    let token = seed.token().subject("someone").mint();
    let revoked = async {
        // The stream is open, or opens and ends at once: the token is refused then.
        assert_eq!(revoke(&seed, r#"{"sub":"someone"}"#).await.status, 204);
    };
    let (reply, ()) = tokio::join!(seed.app.get_with("/idle", &token), revoked);
    assert!(reply.body == "open\n" || reply.status == 401, "{reply:?}");
}

#[tokio::test]
async fn open_streams_do_not_keep_a_launch_from_returning_and_end_without_a_last_event() {
    let seed = seed_with_idle_stream().await;
    let token = seed.token().mint();
    let url = |path: &str| format!("http://127.0.0.1:{}{path}", seed.app.port());
    let client = http_client();
    let mut streams = Vec::new();
    for path in ["/idle", "/api/events"] {
        let request = client.get(url(path)).bearer_auth(&token);
        let mut reply = request.send().await.unwrap();
        let first = reply.chunk().await.unwrap().unwrap();
        streams.push((reply, first));
    }
    seed.app.shut_down().await;
    for (mut reply, first) in streams {
        let mut body = first.to_vec();
        while let Some(chunk) = reply.chunk().await.unwrap() {
            body.extend_from_slice(&chunk);
        }
        let body = String::from_utf8(body).unwrap();
        assert!(!body.contains("event:end"), "{body}");
    }
}
