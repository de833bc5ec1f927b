//! The seed app as a separate process with its own environment, folder and output.

use std::fs;
use std::process::{ExitStatus, Stdio};

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;

/// A seed app that sees only the given configuration. Dropping it ends the process.
pub(crate) struct SeedProcess {
    child: Child,
    output: watch::Receiver<String>,
    /// A separate folder, so that the app finds no other `.env` or Rocket.toml.
    _directory: TempDir,
}

impl SeedProcess {
    /// Starts the app with only these variables, in a folder with only these files.
    pub(crate) fn start(variables: &[(&str, &str)], files: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        for (name, text) in files {
            fs::write(directory.path().join(name), text).expect("the directory is writable");
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_seed-app-under-test"))
            .current_dir(directory.path())
            .env_clear()
            .envs([("ROCKET_PORT", "0"), ("ROCKET_CLI_COLORS", "false")])
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the seed app starts");
        let (sender, output) = watch::channel(String::new());
        tokio::spawn(gather(
            child.stdout.take().expect("the stream is piped"),
            sender.clone(),
        ));
        tokio::spawn(gather(
            child.stderr.take().expect("the stream is piped"),
            sender,
        ));
        Self {
            child,
            output,
            _directory: directory,
        }
    }

    /// Waits until the output contains this text, or until the app has ended, and returns the output.
    pub(crate) async fn output_with(&self, text: &str) -> String {
        let mut output = self.output.clone();
        // An error means that both streams are at their end.
        let _ = output.wait_for(|output| output.contains(text)).await;
        let output = output.borrow().clone();
        assert!(
            output.contains(text),
            "{text:?} is not in the output:\n{output}"
        );
        output
    }

    /// Returns the output so far.
    pub(crate) fn output_so_far(&self) -> String {
        self.output.borrow().clone()
    }

    /// Waits until the app serves, and returns its URL.
    pub(crate) async fn url(&self) -> String {
        let launched = "Rocket has launched from ";
        let output = self
            .output_with(&format!("{launched}http://127.0.0.1:"))
            .await;
        let (_, rest) = output.split_once(launched).expect("the output contains it");
        rest.lines()
            .next()
            .expect("the output is written line by line")
            .trim()
            .to_owned()
    }

    /// Waits for the end, and returns the exit status and the whole output.
    pub(crate) async fn end(mut self) -> (ExitStatus, String) {
        let status = self
            .child
            .wait()
            .await
            .expect("the process can be waited for");
        // Ends when both streams do.
        while self.output.changed().await.is_ok() {}
        let output = self.output.borrow().clone();
        (status, output)
    }

    /// Ends the app and returns its whole output.
    pub(crate) async fn stop(mut self) -> String {
        self.child.start_kill().expect("the process runs");
        self.end().await.1
    }
}

/// Reads any bytes to the end, because a writer blocks if nobody reads.
async fn gather(stream: impl AsyncRead + Unpin, output: watch::Sender<String>) {
    let mut stream = BufReader::new(stream);
    let mut line = Vec::new();
    while let Ok(1..) = stream.read_until(b'\n', &mut line).await {
        output.send_modify(|output| output.push_str(&String::from_utf8_lossy(&line)));
        line.clear();
    }
}
