//! The seed app as a process of its own: with an environment, a directory and an output.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;

/// A seed app that knows of no configuration but what it is given. It ends when dropped.
pub(crate) struct SeedProcess {
    child: Child,
    output: watch::Receiver<String>,
    _directory: Directory,
}

/// A directory of its own, so that no `.env` and no Rocket.toml is found by accident.
struct Directory(PathBuf);

impl SeedProcess {
    /// Starts it with these variables alone, in a directory with these files alone.
    pub(crate) fn start(variables: &[(&str, &str)], files: &[(&str, &str)]) -> Self {
        let directory = Directory::new(files);
        let mut child = Command::new(env!("CARGO_BIN_EXE_seed-app-under-test"))
            .current_dir(&directory.0)
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

async fn gather(stream: impl AsyncRead + Unpin, output: watch::Sender<String>) {
    let mut lines = BufReader::new(stream).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        output.send_modify(|output| {
            output.push_str(&line);
            output.push('\n');
        });
    }
}

impl Directory {
    fn new(files: &[(&str, &str)]) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("seed-app-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).expect("the directory is new");
        for (name, text) in files {
            fs::write(path.join(Path::new(name)), text).expect("the directory is writable");
        }
        Self(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
