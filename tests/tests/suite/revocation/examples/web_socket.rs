//! A web socket that ends when its token does. Its first message is the token, and each message
//! `token TOKEN` renews it.

use auth_runtime::{Auth, public, routes};
use rocket::futures::{SinkExt as _, StreamExt as _};
use rocket::tokio::time::{Duration, timeout};
use rocket::tokio::{pin, select};
use rocket::{Shutdown, State, get, launch};
use rocket_ws::frame::{CloseCode, CloseFrame};
use rocket_ws::stream::DuplexStream;
use rocket_ws::{Channel, Config, Message, WebSocket, result::Error};

/// How long a client may take to send its token.
const LOGIN_TIME: Duration = Duration::from_secs(10);

/// Anyone may open the socket, because browsers cannot send `Authorization` with it.
#[public]
#[get("/echo")]
fn echo(socket: WebSocket, auth: &State<Auth>, shutdown: Shutdown) -> Channel<'_> {
    let config = Config {
        max_message_size: Some(64 * 1024),
        ..Config::default()
    };
    socket.config(config).channel(move |mut stream| {
        Box::pin(async move {
            let reason = select! {
                reason = serve(&mut stream, auth) => reason?,
                () = shutdown => "shutdown".to_owned(),
            };
            let close = CloseFrame {
                code: CloseCode::Policy,
                reason: reason.into(),
            };
            stream.close(Some(close)).await
        })
    })
}

/// Serves a client as long as its token is good. Returns why that is over.
async fn serve(stream: &mut DuplexStream, auth: &Auth) -> Result<String, Error> {
    let first = timeout(LOGIN_TIME, stream.next()).await;
    let Ok(Some(Ok(Message::Text(first)))) = first else {
        return Ok("token_expected".to_owned());
    };
    let mut token = match auth.verify(&first).await {
        Ok(token) => token,
        Err(error) => return Ok(error.code().to_owned()),
    };
    let ended = token.ended(auth);
    pin!(ended);
    loop {
        let message = select! {
            biased;
            reason = &mut ended => return Ok(reason.to_string()),
            message = stream.next() => message,
        };
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            // The library answers pings by itself.
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
            Some(Ok(_)) | None => return Ok("bye".to_owned()),
            Some(Err(error)) => return Err(error),
        };
        let Some(renewal) = text.strip_prefix("token ") else {
            stream.send(Message::Text(text)).await?;
            continue;
        };
        let renewed = match auth.verify(renewal).await {
            Ok(renewed) => renewed,
            Err(error) => return Ok(error.code().to_owned()),
        };
        let is_same_user = token.subject().is_some()
            && token.subject() == renewed.subject()
            && token.issuer() == renewed.issuer();
        if !is_same_user {
            return Ok("other_subject".to_owned());
        }
        ended.set(renewed.ended(auth));
        token = renewed;
    }
}

#[launch]
pub(crate) fn rocket() -> _ {
    rocket::build()
        .attach(Auth::fairing())
        .mount("/", routes![echo])
}
