//! Runs an issuer's HTTP server, which may be wrong in any way: the test decides each answer byte by
//! byte. It records the requests, and can be down.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// The answer of the server to a request.
#[derive(Clone)]
pub(crate) enum Answer {
    /// The end of the status line, header lines, and a body with its length.
    Whole(&'static str, String, Vec<u8>),
    /// These bytes, after which the connection ends.
    Raw(Vec<u8>),
    /// 200 with this body, one byte at a time.
    Slow(String, Duration),
    /// 200 with a body in chunks that never ends.
    Endless,
    /// The connection is reset in the middle of the body.
    Reset,
    /// No answer, until the test sets another one.
    Held,
}

impl Answer {
    pub(crate) fn keys(body: impl Into<String>) -> Self {
        Self::with("", body)
    }

    /// Creates an answer with status 200 and these header lines.
    pub(crate) fn with(headers: &str, body: impl Into<String>) -> Self {
        Self::Whole("200 OK", headers.to_owned(), body.into().into_bytes())
    }

    pub(crate) fn status(status: &'static str) -> Self {
        Self::Whole(status, String::new(), Vec::new())
    }
}

/// A recorded request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) path: String,
    headers: Vec<(String, String)>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let header = headers.find(|(own, _)| own.eq_ignore_ascii_case(name));
        header.map(|(_, value)| value.as_str())
    }
}

#[derive(Clone)]
struct State {
    answers: watch::Sender<HashMap<String, Answer>>,
    requests: Arc<Mutex<Vec<Request>>>,
}

/// A server on its own port. It is down, and the port refuses connections, until it listens.
pub(crate) struct FaultServer {
    base: String,
    socket: Option<TcpSocket>,
    acceptor: Option<TlsAcceptor>,
    state: State,
    server: Option<JoinHandle<()>>,
}

impl FaultServer {
    pub(crate) fn down() -> Self {
        let socket = TcpSocket::new_v4().expect("there are sockets");
        let any = "127.0.0.1:0".parse().expect("it is an address");
        socket.bind(any).expect("a port is free");
        let address = socket.local_addr().expect("it is bound");
        Self {
            base: format!("http://{address}"),
            socket: Some(socket),
            acceptor: None,
            state: State {
                answers: watch::Sender::new(HashMap::new()),
                requests: Arc::default(),
            },
            server: None,
        }
    }

    /// Starts a server that answers at `/keys`, and with 404 at other paths.
    pub(crate) fn up(keys: Answer) -> Self {
        let mut server = Self::down();
        server.keys(keys);
        server.listen();
        server
    }

    /// Starts a server that speaks TLS under the name `localhost`.
    pub(crate) fn up_with_tls(keys: Answer, acceptor: TlsAcceptor) -> Self {
        let mut server = Self::down();
        server.base = server.base.replace("http://127.0.0.1", "https://localhost");
        server.acceptor = Some(acceptor);
        server.keys(keys);
        server.listen();
        server
    }

    /// Starts to listen.
    pub(crate) fn listen(&mut self) {
        let socket = self.socket.take().expect("it is down");
        let listener = socket.listen(1024).expect("no other socket has its port");
        let serve = serve(listener, self.acceptor.clone(), self.state.clone());
        self.server = Some(tokio::spawn(serve));
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Returns the address of its keys.
    pub(crate) fn uri(&self) -> String {
        self.url("/keys")
    }

    /// Sets the answer at this path, also to requests that are waiting.
    pub(crate) fn answer(&self, path: &str, answer: Answer) {
        self.state
            .answers
            .send_modify(|answers| drop(answers.insert(path.to_owned(), answer)));
    }

    pub(crate) fn keys(&self, answer: Answer) {
        self.answer("/keys", answer);
    }

    /// Returns the number of requests, for any path.
    pub(crate) fn hits(&self) -> usize {
        lock(&self.state.requests).len()
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        lock(&self.state.requests).clone()
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        let requests = self.requests().into_iter();
        requests.map(|request| request.path).collect()
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        if let Some(server) = &self.server {
            server.abort();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: TcpListener, acceptor: Option<TlsAcceptor>, state: State) {
    while let Ok((stream, _)) = listener.accept().await {
        let (state, acceptor) = (state.clone(), acceptor.clone());
        // Some tests are about clients that break off or do not trust the server.
        tokio::spawn(async move {
            match acceptor {
                Some(acceptor) => {
                    let mut stream = acceptor.accept(stream).await.ok()?;
                    let answer = read(&mut stream, &state).await?;
                    reply(&mut stream, answer).await?;
                    stream.shutdown().await.ok()
                }
                None => serve_plainly(stream, &state).await,
            }
        });
    }
}

async fn serve_plainly(mut stream: TcpStream, state: &State) -> Option<()> {
    let answer = read(&mut stream, state).await?;
    let is_reset = matches!(answer, Answer::Reset);
    reply(&mut stream, answer).await?;
    if is_reset {
        stream.set_zero_linger().ok()?;
    }
    Some(())
}

/// Reads one request, and returns the answer as soon as there is one.
async fn read(stream: &mut (impl AsyncRead + Unpin), state: &State) -> Option<Answer> {
    let mut lines = BufReader::new(stream).lines();
    let path = lines.next_line().await.ok()??.split(' ').nth(1)?.to_owned();
    let mut headers = Vec::new();
    loop {
        let line = lines.next_line().await.ok()??;
        let Some((name, value)) = line.split_once(": ") else {
            break;
        };
        headers.push((name.to_owned(), value.to_owned()));
    }
    lock(&state.requests).push(Request {
        path: path.clone(),
        headers,
    });
    let mut answers = state.answers.subscribe();
    let answers = answers
        .wait_for(|answers| !matches!(answers.get(&path), Some(Answer::Held)))
        .await;
    let answer = answers.ok()?.get(&path).cloned();
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
            write_head(stream, body.len()).await?;
            for byte in body.bytes() {
                stream.write_all(&[byte]).await.ok()?;
                stream.flush().await.ok()?;
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
        Answer::Reset => {
            write_head(stream, 1000).await?;
            stream.write_all(b"{\"keys\":[").await.ok()?;
        }
        Answer::Held => {}
    }
    stream.flush().await.ok()
}

async fn write_head(stream: &mut (impl AsyncWrite + Unpin), length: usize) -> Option<()> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.ok()
}
