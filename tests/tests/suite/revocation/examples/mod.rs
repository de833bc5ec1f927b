//! The programs and rules of docs/revocation.md, run over real sockets.

#[expect(dead_code, reason = "a program has a `main`")]
mod event_stream;
mod rule_active;
mod rule_revoked;
#[expect(dead_code, reason = "a program has a `main`")]
mod web_socket;

use auth_runtime::issuer::LocalIssuer;
use auth_runtime::testing::DpopKey;
use auth_runtime::{AccessToken, Auth, Rule, RuleError, requires, requires_auth, routes};
use rocket::futures::{SinkExt as _, StreamExt as _};
use rocket::{Build, Request, Rocket, post};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::*;

const CHAPTER: &str = include_str!("../../../../../docs/revocation.md");

#[test]
fn the_programs_are_those_of_the_chapter() {
    for program in [
        include_str!("event_stream.rs"),
        include_str!("rule_active.rs"),
        include_str!("rule_revoked.rs"),
        include_str!("web_socket.rs"),
    ] {
        let program = program.replace("pub(crate) ", "");
        assert!(CHAPTER.contains(&program), "the chapter has:\n{program}");
    }
}

/// Launches a program, configured from outside.
async fn launch(program: Rocket<Build>) -> Seed {
    let issuer = LocalIssuer::start("https://api.test").await.unwrap();
    let figment = quiet()
        .merge(("auth.issuer", issuer.url()))
        .merge(("auth.audience", issuer.audience()))
        .merge(("auth.revocation", true))
        .merge(("shutdown.grace", 1))
        .merge(("shutdown.mercy", 3600));
    let app = App::launch(program.configure(figment)).await;
    Seed { app, issuer }
}

/// The client's end of a web socket.
struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn open(seed: &Seed) -> Self {
        let url = format!("ws://127.0.0.1:{}/echo", seed.app.port());
        Self(connect_async(url).await.unwrap().0)
    }

    /// Opens a socket with this token, which is accepted.
    async fn with_token(seed: &Seed, token: &str) -> Self {
        let mut socket = Self::open(seed).await;
        socket.send(token).await;
        socket.echoes().await;
        socket
    }

    async fn send(&mut self, text: &str) {
        self.0.send(Message::Text(text.to_owned())).await.unwrap();
    }

    async fn echoes(&mut self) {
        self.send("hello").await;
        let reply = self.0.next().await.unwrap().unwrap();
        assert_eq!(reply, Message::Text("hello".to_owned()));
    }

    /// Waits until the server closes the socket, and returns why.
    async fn end(mut self) -> String {
        match self.0.next().await.unwrap().unwrap() {
            Message::Close(Some(frame)) => frame.reason.into_owned(),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_web_socket_needs_a_good_token_as_its_first_message() {
    let seed = launch(web_socket::rocket()).await;
    let bound = seed.token().bound_to(&DpopKey::generate()).mint();
    for (first, reason) in [
        ("hello".to_owned(), "invalid_header"),
        (seed.token().expired().mint(), "token_expired"),
        (seed.token().other_audience().mint(), "invalid_claims"),
        (bound, "bound_token"),
    ] {
        let mut socket = Socket::open(&seed).await;
        socket.send(&first).await;
        assert_eq!(socket.end().await, reason);
    }
    let mut socket = Socket::open(&seed).await;
    socket.0.send(Message::Binary(vec![1])).await.unwrap();
    assert_eq!(socket.end().await, "token_expected");
}

#[tokio::test]
async fn a_web_socket_ends_with_its_token() {
    let seed = launch(web_socket::rocket()).await;
    let token = seed.token().claim("exp", now() + 2).mint();
    let socket = Socket::with_token(&seed, &token).await;
    assert_eq!(socket.end().await, "expired");
    let token = seed.token().subject("someone").mint();
    let socket = Socket::with_token(&seed, &token).await;
    let revocations = seed.app.auth().revocations().unwrap();
    let revoked = revocations.revoke_user(seed.issuer.url(), "someone").await;
    assert_eq!(revoked, Ok(()));
    assert_eq!(socket.end().await, "revoked");
}

#[tokio::test]
async fn a_web_socket_is_renewed_by_a_token_of_the_same_user_only() {
    let seed = launch(web_socket::rocket()).await;
    let first = seed.token().claim("exp", now() + 3).claim("jti", "first");
    let mut socket = Socket::with_token(&seed, &first.mint()).await;
    let end = now() + 5;
    let second = seed.token().claim("exp", end).mint();
    socket.send(&format!("token {second}")).await;
    socket.echoes().await;
    // The first one does not count any more.
    let revocations = seed.app.auth().revocations().unwrap();
    let revoked = revocations.revoke_token(seed.issuer.url(), "first").await;
    assert_eq!(revoked, Ok(()));
    socket.echoes().await;
    assert_eq!(socket.end().await, "expired");
    assert!(now() >= end, "it ended with the second one");
    for (renewal, reason) in [
        (seed.token().subject("other").mint(), "other_subject"),
        (seed.token().without_claim("sub").mint(), "other_subject"),
        (seed.token().expired().mint(), "token_expired"),
    ] {
        let mut socket = Socket::with_token(&seed, &seed.token().mint()).await;
        socket.send(&format!("token {renewal}")).await;
        assert_eq!(socket.end().await, reason);
    }
}

#[tokio::test]
async fn a_web_socket_does_not_keep_the_server_from_shutting_down() {
    let seed = launch(web_socket::rocket()).await;
    let socket = Socket::with_token(&seed, &seed.token().mint()).await;
    let (reason, ()) = tokio::join!(socket.end(), seed.app.shut_down());
    assert_eq!(reason, "shutdown");
}

#[tokio::test]
async fn a_stream_of_events_ends_with_its_token() {
    let seed = launch(event_stream::rocket()).await;
    let token = seed.token().claim("exp", now() + 2).mint();
    let reply = seed.app.get_with("/events", &token).await;
    reply.expect_success();
    assert!(reply.body.contains("event:tick\ndata:tick\n\n"));
    assert!(reply.body.ends_with("event:end\ndata:expired\n\n"));
}

/// Revokes the token in the middle of its request, as an administrator may.
struct RevokedMeanwhile;

#[rocket::async_trait]
impl Rule for RevokedMeanwhile {
    async fn allows(&self, token: &AccessToken, request: &Request<'_>) -> Result<bool, RuleError> {
        let auth = request.rocket().state::<Auth>().ok_or("the fairing")?;
        let revocations = auth.revocations().ok_or("revocation is on")?;
        let jti = token.claim("jti").and_then(|jti| jti.as_str());
        let issuer = token.issuer().unwrap_or_default();
        revocations
            .revoke_token(issuer, jti.unwrap_or_default())
            .await?;
        Ok(true)
    }
}

#[requires(RevokedMeanwhile, rule_revoked::StillGood)]
#[post("/revoked-meanwhile")]
fn revoked_meanwhile() {}

#[requires(RevokedMeanwhile)]
#[post("/not-asked-again")]
fn not_asked_again() {}

#[tokio::test]
async fn a_rule_can_ask_whether_the_token_was_revoked_since_it_was_verified() {
    use rule_revoked::transfer;

    let rocket = rocket::build()
        .attach(Auth::fairing())
        .mount("/", routes![transfer, revoked_meanwhile, not_asked_again]);
    let seed = launch(rocket).await;
    let post = async |path: &str, token: &str| {
        let call = seed.app.request(reqwest::Method::POST, path);
        call.bearer(token).send().await
    };
    for (path, status) in [
        ("/transfers", 200),
        ("/not-asked-again", 200),
        ("/revoked-meanwhile", 403),
    ] {
        let token = seed.token().mint();
        assert_eq!(post(path, &token).await.status, status, "{path}");
        let again = if path == "/transfers" { 200 } else { 401 };
        assert_eq!(post(path, &token).await.status, again, "{path}");
    }
}

#[requires_auth]
#[post("/remembered")]
fn remembered() {}

#[tokio::test]
async fn a_rule_can_ask_the_issuer_although_its_answer_is_remembered() {
    use rule_active::pay_out;

    let issuer = LocalIssuer::start("https://api.test").await.unwrap();
    let endpoint = format!("{}introspect", issuer.url());
    let figment = quiet()
        .merge(("auth.issuer", issuer.url()))
        .merge(("auth.audience", issuer.audience()))
        .merge(("auth.introspection_endpoint", &endpoint))
        .merge(("auth.client_id", "api"))
        .merge(("auth.client_secret", "any"));
    let introspection = |endpoint: String| rule_active::Introspection {
        client: http_client(),
        endpoint,
        client_id: "api".to_owned(),
        client_secret: "any".to_owned(),
    };
    let launch = async |endpoint: String| {
        let rocket = rocket::custom(figment.clone())
            .attach(Auth::fairing())
            .manage(introspection(endpoint))
            .mount("/", routes![pay_out, remembered]);
        App::launch(rocket).await
    };
    let post = async |app: &App, path: &str, token: &str| {
        let call = app.request(reqwest::Method::POST, path);
        call.bearer(token).send().await.status
    };
    let app = launch(endpoint.clone()).await;
    let token = issuer.token().mint_opaque();
    assert_eq!(post(&app, "/payouts", &token).await, 200);
    issuer.revoke(&token);
    assert_eq!(post(&app, "/remembered", &token).await, 200);
    assert_eq!(post(&app, "/payouts", &token).await, 403);
    // An endpoint that cannot be asked leaves the route closed.
    let app = launch("http://127.0.0.1:1/".to_owned()).await;
    let token = issuer.token().mint_opaque();
    assert_eq!(post(&app, "/payouts", &token).await, 500);
}
