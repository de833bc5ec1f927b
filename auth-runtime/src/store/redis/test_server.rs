//! Runs a real `redis-server` for tests, each on another loopback port. The suite uses this file as
//! well.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// A Redis that is down until [`start`](Self::start), and ends when it is dropped.
pub(crate) struct RedisServer {
    port: u16,
    directory: TempDir,
    options: Vec<String>,
    process: Option<Child>,
}

impl RedisServer {
    /// Starts a Redis. Returns `None` and prints a message if `redis-server` is not installed, which
    /// is a failure on CI.
    pub(crate) async fn start_if_installed() -> Option<Self> {
        Self::start_with(&[]).await
    }

    /// Starts a Redis with options, such as `--requirepass`.
    pub(crate) async fn start_with(options: &[&str]) -> Option<Self> {
        let mut server = Self::down(options);
        server.start().await.then_some(server)
    }

    /// Creates a Redis that does not run yet.
    pub(crate) fn down(options: &[&str]) -> Self {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        Self {
            port: free.local_addr().expect("it is bound").port(),
            directory: tempfile::tempdir().expect("a temporary directory"),
            options: options.iter().map(|&option| option.to_owned()).collect(),
            process: None,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Starts the server, with the data of its append-only file if it was started with one. Returns
    /// whether `redis-server` is installed.
    pub(crate) async fn start(&mut self) -> bool {
        let process = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--save", ""])
            .args(["--port", &self.port.to_string()])
            .arg("--dir")
            .arg(self.directory.path())
            .args(&self.options)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        match process {
            Ok(process) => self.process = Some(process),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                assert!(std::env::var_os("CI").is_none(), "CI needs redis-server");
                eprintln!("SKIPPED: redis-server is not installed (apt-get install redis-server)");
                return false;
            }
            Err(error) => panic!("redis-server does not start: {error}"),
        }
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))
            .await
            .is_err()
        {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        true
    }

    /// Kills the server, as a crash would.
    pub(crate) async fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().await.expect("it runs");
        }
    }
}
