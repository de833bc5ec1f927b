//! What an administrator does with a Redis.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::RedisServer;

impl RedisServer {
    /// Returns the port that it listens on.
    pub(crate) fn port(&self) -> u16 {
        let url = self.url();
        let port = url.rsplit(':').next().map(str::parse);
        port.and_then(Result::ok).expect("the URL ends in a port")
    }

    /// Sends an inline command that is answered with OK.
    pub(crate) async fn command(&self, command: &str) {
        assert_eq!(self.ask(command, 3).await, "+OK", "{command}");
    }

    /// Sends an inline command, and returns the first `length` bytes of its reply.
    pub(crate) async fn ask(&self, command: &str, length: usize) -> String {
        let stream = TcpStream::connect(("127.0.0.1", self.port())).await;
        let mut stream = stream.expect("it runs");
        let line = format!("{command}\r\n");
        stream
            .write_all(line.as_bytes())
            .await
            .expect("it reads the command");
        let mut reply = vec![0; length];
        stream.read_exact(&mut reply).await.expect("it replies");
        String::from_utf8(reply).expect("the reply is text")
    }
}
