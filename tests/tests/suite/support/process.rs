//! Runs the seed app as a process, with its own environment, directory and output.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;

/// A directory for a seed app. It has only these files, so that no other `.env` or Rocket.toml is
/// found.
pub(crate) struct SeedDirectory(TempDir);

/// A running seed app that has only the configuration of a test. It ends when it is dropped.
pub(crate) struct SeedProcess {
    child: Child,
    output: watch::Receiver<String>,
    _directory: SeedDirectory,
}

impl SeedDirectory {
    /// Writes these files, which only the current user can write.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let directory = Self(tempfile::tempdir().expect("a temporary directory"));
        for (name, text) in files {
            let path = directory.path(name);
            let parent = path.parent().expect("a file is in a directory");
            fs::create_dir_all(parent).expect("the directory is writable");
            fs::write(&path, text).expect("the directory is writable");
            directory.set_mode(name, 0o644);
        }
        directory
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn set_mode(&self, name: &str, mode: u32) {
        let permissions = fs::Permissions::from_mode(mode);
        fs::set_permissions(self.path(name), permissions).expect("the file is ours");
    }

    /// Starts the seed app below this directory, with only these variables.
    pub(crate) fn start(self, below: &str, variables: &[(&str, &str)]) -> SeedProcess {
        let working_directory = self.path(below);
        fs::create_dir_all(&working_directory).expect("the directory is writable");
        let mut child = Command::new(env!("CARGO_BIN_EXE_seed-app-under-test"))
            .current_dir(working_directory)
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
        let stdout = child.stdout.take().expect("it is piped");
        tokio::spawn(gather(stdout, sender.clone()));
        tokio::spawn(gather(child.stderr.take().expect("it is piped"), sender));
        SeedProcess {
            child,
            output,
            _directory: self,
        }
    }
}

impl SeedProcess {
    /// Starts it with only these variables, in a directory with only these files.
    pub(crate) fn start(variables: &[(&str, &str)], files: &[(&str, &str)]) -> Self {
        SeedDirectory::new(files).start("", variables)
    }

    /// Waits until its output contains the text, and returns the output. It fails if the process ends
    /// without it.
    pub(crate) async fn output_with(&self, text: &str) -> String {
        let mut output = self.output.clone();
        // An error means that both streams have ended.
        let _ = output.wait_for(|output| output.contains(text)).await;
        let output = output.borrow().clone();
        assert!(
            output.contains(text),
            "{text:?} is not in the output:\n{output}"
        );
        output
    }

    /// Returns its output so far.
    pub(crate) fn output_so_far(&self) -> String {
        self.output.borrow().clone()
    }

    /// Waits until it serves, and returns its address.
    pub(crate) async fn url(&self) -> String {
        let mut output = self.output.clone();
        // An error means that both streams are at their end.
        let _ = output.wait_for(|output| launched(output).is_some()).await;
        let output = output.borrow().clone();
        match launched(&output) {
            Some(url) => url.to_owned(),
            None => panic!("it does not launch:\n{output}"),
        }
    }

    /// Waits until it has ended, and returns its status and its whole output.
    pub(crate) async fn end(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().await.expect("it can be waited for");
        // This ends when both streams do.
        while self.output.changed().await.is_ok() {}
        let output = self.output.borrow().clone();
        (status, output)
    }

    /// Ends it, and returns its whole output.
    pub(crate) async fn stop(mut self) -> String {
        self.child.start_kill().expect("it runs");
        self.end().await.1
    }
}

/// Finds the address of the application in its output. The local issuer is another
/// Rocket and prints another line.
fn launched(output: &str) -> Option<&str> {
    let after = |line: &'static str| {
        // The last line may be incomplete.
        let lines = output
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'));
        lines.filter_map(move |text| text.trim_end().strip_prefix(line))
    };
    let issuer = after("The local issuer is at ").next();
    after("Rocket has launched from ").find(|url| Some(format!("{url}/").as_str()) != issuer)
}

/// Reads any bytes, because a reader that stops would block the writer.
async fn gather(stream: impl AsyncRead + Unpin, output: watch::Sender<String>) {
    let mut stream = BufReader::new(stream);
    let mut line = Vec::new();
    while let Ok(1..) = stream.read_until(b'\n', &mut line).await {
        output.send_modify(|output| output.push_str(&String::from_utf8_lossy(&line)));
        line.clear();
    }
}
