//! The seed app as a process of its own: with an environment, a directory and an output.

use std::fs;
use std::process::{ExitStatus, Stdio};

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;

/// A seed app that knows of no configuration but what it is given. It ends when dropped.
pub(crate) struct SeedProcess {
    child: Child,
    output: watch::Receiver<String>,
    /// Of its own, so that no `.env` and no Rocket.toml is found by accident.
    _directory: TempDir,
}

impl SeedProcess {
    /// Starts it with these variables alone, in a directory with these files alone.
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
            child.stdout.take().expect("it is piped"),
            sender.clone(),
        ));
        tokio::spawn(gather(child.stderr.take().expect("it is piped"), sender));
        Self {
            child,
            output,
            _directory: directory,
        }
    }

    /// Its output, as soon as this stands in it, or when it has ended.
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

    /// What it has said so far.
    pub(crate) fn said(&self) -> String {
        self.output.borrow().clone()
    }

    /// Where it serves, once it does.
    pub(crate) async fn url(&self) -> String {
        let launched = "Rocket has launched from ";
        let output = self
            .output_with(&format!("{launched}http://127.0.0.1:"))
            .await;
        let (_, rest) = output.split_once(launched).expect("it was waited for");
        rest.lines()
            .next()
            .expect("it was written by the line")
            .trim()
            .to_owned()
    }

    /// How it ended, and all that it said.
    pub(crate) async fn end(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().await.expect("it can be waited for");
        // Ends when both streams do.
        while self.output.changed().await.is_ok() {}
        let output = self.output.borrow().clone();
        (status, output)
    }

    /// Ends it, and tells all that it said.
    pub(crate) async fn stop(mut self) -> String {
        self.child.start_kill().expect("it runs");
        self.end().await.1
    }
}

/// Whatever the bytes are: a reader that stops would stop the writer.
async fn gather(stream: impl AsyncRead + Unpin, output: watch::Sender<String>) {
    let mut stream = BufReader::new(stream);
    let mut line = Vec::new();
    while let Ok(1..) = stream.read_until(b'\n', &mut line).await {
        output.send_modify(|output| output.push_str(&String::from_utf8_lossy(&line)));
        line.clear();
    }
}
