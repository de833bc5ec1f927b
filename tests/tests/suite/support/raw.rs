//! Sends requests that a well-behaved client cannot send.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::app::App;
use super::reply::Reply;

impl App {
    /// Sends `GET` with exactly these header lines.
    pub(crate) async fn get_raw(&self, path: &str, headers: &[&[u8]]) -> Reply {
        let mut request = format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n",
            self.port()
        )
        .into_bytes();
        for header in headers {
            request.extend_from_slice(header);
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"\r\n");
        let stream = TcpStream::connect(("127.0.0.1", self.port())).await;
        let mut stream = stream.expect("the application listens");
        stream
            .write_all(&request)
            .await
            .expect("the application reads the request");
        let mut reply = Vec::new();
        stream
            .read_to_end(&mut reply)
            .await
            .expect("the application replies");
        parse(&String::from_utf8(reply).expect("the reply is text"))
    }
}

fn parse(reply: &str) -> Reply {
    let (head, body) = reply.split_once("\r\n\r\n").expect("the reply has a head");
    let mut lines = head.lines();
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .map(str::parse);
    let header = |line: &str| {
        let (name, value) = line.split_once(": ")?;
        Some((name.parse().ok()?, value.parse().ok()?))
    };
    Reply {
        status: status.and_then(Result::ok).expect("the reply has a status"),
        headers: lines.filter_map(header).collect(),
        body: body.to_owned(),
    }
}
