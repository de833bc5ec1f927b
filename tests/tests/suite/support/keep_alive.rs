//! Sends many requests on one connection, for tests with heavy traffic.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection to an application on a loopback port.
pub(crate) struct KeepAlive {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl KeepAlive {
    pub(crate) async fn connect(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).await;
        let stream = stream.expect("the application listens");
        stream.set_nodelay(true).expect("the connection is open");
        Self {
            stream,
            buffer: vec![0; 4096],
        }
    }

    /// Sends `GET` with this token, and returns the status of the reply.
    pub(crate) async fn get(&mut self, path: &str, token: &str) -> u16 {
        let head = format!("GET {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n");
        self.send(&format!("{head}\r\n")).await
    }

    /// Sends `POST` with this token and JSON body, and returns the status of the reply.
    pub(crate) async fn post(&mut self, path: &str, token: &str, json: &str) -> u16 {
        let length = json.len();
        self.send(&format!(
            "POST {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{json}"
        ))
        .await
    }

    async fn send(&mut self, request: &str) -> u16 {
        let written = self.stream.write_all(request.as_bytes()).await;
        written.expect("the application reads the request");
        let mut filled = 0;
        // Replies are small, and have a body of known length or none.
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]).await;
            filled += match read.expect("the connection is open") {
                0 => panic!("the application closed the connection"),
                read => read,
            };
            if let Some(status) = status_of_complete(&self.buffer[..filled]) {
                return status;
            }
        }
    }
}

/// Returns the status of the reply, if it is complete.
fn status_of_complete(reply: &[u8]) -> Option<u16> {
    let text = std::str::from_utf8(reply).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.parse::<usize>())
    });
    let length = length.and_then(Result::ok);
    let is_complete = match length {
        Some(length) => body.len() >= length,
        None => status == 204,
    };
    is_complete.then_some(status)
}
