//! A server that answers each path as it is told, right or wrong down to the bytes, and keeps what
//! it was asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

#[derive(Clone)]
pub(crate) enum Answer {
    /// Status line's end, header lines and body, with the right length.
    Whole(&'static str, String, Vec<u8>),
    /// These very bytes, and then the end.
    Raw(Vec<u8>),
    /// 200 with this body, a byte at a time.
    Slow(String, Duration),
    /// 200 with a body in chunks that never ends.
    Endless,
    /// 200 after this time.
    Late(String, Duration),
    /// The connection is reset in the middle of the body.
    Reset,
    Silence,
}

impl Answer {
    pub(crate) fn keys(body: impl Into<String>) -> Self {
        Self::with("", body)
    }

    /// 200 with these header lines.
    pub(crate) fn with(headers: &str, body: impl Into<String>) -> Self {
        Self::Whole("200 OK", headers.to_owned(), body.into().into_bytes())
    }

    pub(crate) fn status(status: &'static str) -> Self {
        Self::Whole(status, String::new(), Vec::new())
    }
}

/// What came with a request.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) if_none_match: Option<String>,
}

#[derive(Default)]
struct State {
    answers: Mutex<HashMap<String, Answer>>,
    asked: Mutex<Vec<Asked>>,
}

pub(crate) struct FaultServer {
    base: String,
    state: Arc<State>,
    server: JoinHandle<()>,
}

impl FaultServer {
    /// Answers at `/keys`, and 404 elsewhere.
    pub(crate) async fn start(keys: Answer) -> Self {
        let server = Self::listen(None).await;
        server.answer("/keys", keys);
        server
    }

    /// Speaks TLS, under the name `localhost`.
    pub(crate) async fn start_tls(keys: Answer, acceptor: TlsAcceptor) -> Self {
        let server = Self::listen(Some(acceptor)).await;
        server.answer("/keys", keys);
        server
    }

    async fn listen(acceptor: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let base = match acceptor {
            Some(_) => format!("https://localhost:{port}"),
            None => format!("http://127.0.0.1:{port}"),
        };
        let state = Arc::<State>::default();
        let server = tokio::spawn(serve(listener, acceptor, Arc::clone(&state)));
        Self {
            base,
            state,
            server,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// What it says at this path from now on.
    pub(crate) fn answer(&self, path: &str, answer: Answer) {
        lock(&self.state.answers).insert(path.to_owned(), answer);
    }

    pub(crate) fn keys(&self, answer: Answer) {
        self.answer("/keys", answer);
    }

    /// How many requests have come, for whatever path.
    pub(crate) fn hits(&self) -> usize {
        lock(&self.state.asked).len()
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        lock(&self.state.asked).clone()
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.path).collect()
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: TcpListener, acceptor: Option<TlsAcceptor>, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (state, acceptor) = (Arc::clone(&state), acceptor.clone());
        // Who breaks off, or trusts nobody, is the subject of a test.
        tokio::spawn(async move {
            match acceptor {
                Some(acceptor) => {
                    let mut stream = acceptor.accept(stream).await.ok()?;
                    let answer = ask(&mut stream, &state).await?;
                    reply(&mut stream, answer).await?;
                    stream.shutdown().await.ok()
                }
                None => plain(stream, &state).await,
            }
        });
    }
}

async fn plain(mut stream: TcpStream, state: &State) -> Option<()> {
    let answer = ask(&mut stream, state).await?;
    let is_reset = matches!(answer, Answer::Reset);
    reply(&mut stream, answer).await?;
    if is_reset {
        stream.set_zero_linger().ok()?;
    }
    Some(())
}

/// Reads one request.
async fn ask(stream: &mut (impl AsyncRead + Unpin), state: &State) -> Option<Answer> {
    let mut lines = BufReader::new(stream).lines();
    let path = lines.next_line().await.ok()??.split(' ').nth(1)?.to_owned();
    let mut if_none_match = None;
    loop {
        let line = lines.next_line().await.ok()??;
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(": ")
            && name.eq_ignore_ascii_case("if-none-match")
        {
            if_none_match = Some(value.to_owned());
        }
    }
    let answer = lock(&state.answers).get(&path).cloned();
    lock(&state.asked).push(Asked {
        path,
        if_none_match,
    });
    Some(answer.unwrap_or_else(|| Answer::status("404 Not Found")))
}

async fn reply(stream: &mut (impl AsyncWrite + Unpin), answer: Answer) -> Option<()> {
    match answer {
        Answer::Whole(status, headers, body) => {
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n"
            );
            stream.write_all(head.as_bytes()).await.ok()?;
            stream.write_all(&body).await.ok()?;
        }
        Answer::Raw(bytes) => stream.write_all(&bytes).await.ok()?,
        Answer::Slow(body, pause) => {
            head_of(stream, body.len()).await?;
            for byte in body.bytes() {
                stream.write_all(&[byte]).await.ok()?;
                tokio::time::sleep(pause).await;
            }
        }
        Answer::Endless => {
            let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
            stream.write_all(head).await.ok()?;
            let chunk = format!("4000\r\n{}\r\n", " ".repeat(0x4000));
            loop {
                stream.write_all(chunk.as_bytes()).await.ok()?;
            }
        }
        Answer::Late(body, pause) => {
            tokio::time::sleep(pause).await;
            head_of(stream, body.len()).await?;
            stream.write_all(body.as_bytes()).await.ok()?;
        }
        Answer::Reset => {
            head_of(stream, 1000).await?;
            stream.write_all(b"{\"keys\":[").await.ok()?;
        }
        Answer::Silence => std::future::pending().await,
    }
    stream.flush().await.ok()
}

async fn head_of(stream: &mut (impl AsyncWrite + Unpin), length: usize) -> Option<()> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.ok()
}
