//! A key-set server that is told what to answer, counts who asks, and can be down.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What the server says to any request.
#[derive(Clone)]
pub(crate) enum Answer {
    Keys(String),
    /// This status line's end, header lines and body.
    Other {
        status: &'static str,
        headers: String,
        body: String,
    },
    /// Nothing, until it is told another answer.
    Held,
}

impl Answer {
    pub(crate) fn status(status: &'static str) -> Self {
        Self::Other {
            status,
            headers: String::new(),
            body: String::new(),
        }
    }
}

/// A server on a port of its own. It is down, its port refusing connections, until it listens.
pub(crate) struct JwksServer {
    port: u16,
    socket: Option<TcpSocket>,
    answer: watch::Sender<Answer>,
    hits: Arc<AtomicUsize>,
    server: Option<JoinHandle<()>>,
}

impl JwksServer {
    pub(crate) fn down() -> Self {
        let socket = TcpSocket::new_v4().expect("there are sockets");
        let any = "127.0.0.1:0".parse().expect("it is an address");
        socket.bind(any).expect("a port is free");
        Self {
            port: socket.local_addr().expect("it is bound").port(),
            socket: Some(socket),
            answer: watch::Sender::new(Answer::Held),
            hits: Arc::default(),
            server: None,
        }
    }

    pub(crate) fn up(answer: Answer) -> Self {
        let mut server = Self::down();
        server.answer(answer);
        server.listen();
        server
    }

    /// Comes up.
    pub(crate) fn listen(&mut self) {
        let socket = self.socket.take().expect("it is down");
        let listener = socket.listen(1024).expect("its port is its own");
        let (answer, hits) = (self.answer.subscribe(), Arc::clone(&self.hits));
        self.server = Some(tokio::spawn(serve(listener, answer, hits)));
    }

    /// What it says from now on, also to those who wait.
    pub(crate) fn answer(&self, answer: Answer) {
        self.answer.send_replace(answer);
    }

    pub(crate) fn uri(&self) -> String {
        format!("http://127.0.0.1:{}/keys", self.port)
    }

    /// How many requests have come.
    pub(crate) fn hits(&self) -> usize {
        self.hits.load(Ordering::SeqCst)
    }
}

impl Drop for JwksServer {
    fn drop(&mut self) {
        if let Some(server) = &self.server {
            server.abort();
        }
    }
}

async fn serve(listener: TcpListener, answer: watch::Receiver<Answer>, hits: Arc<AtomicUsize>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (answer, hits) = (answer.clone(), Arc::clone(&hits));
        // Who breaks off is the subject of a test, not an error.
        tokio::spawn(async move { reply(stream, answer, &hits).await });
    }
}

/// One request a connection.
async fn reply(
    mut stream: TcpStream,
    mut answer: watch::Receiver<Answer>,
    hits: &AtomicUsize,
) -> Option<()> {
    let mut lines = BufReader::new(&mut stream).lines();
    while !lines.next_line().await.ok()??.is_empty() {}
    hits.fetch_add(1, Ordering::SeqCst);
    let answer = answer
        .wait_for(|answer| !matches!(answer, Answer::Held))
        .await
        .ok()?
        .clone();
    let (status, headers, body) = match answer {
        Answer::Keys(keys) => ("200 OK", String::new(), keys),
        Answer::Other {
            status,
            headers,
            body,
        } => (status, headers, body),
        Answer::Held => return None,
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(body.as_bytes()).await.ok()
}
