//! Runs rustc on single files, with the dependencies of the smallest example.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The package whose dependencies the cases use.
const PACKAGE: &str = "minimal";

/// The path of rustc, and the directories in which it finds `auth_runtime` and `rocket`.
pub(super) struct Compiler {
    rustc: OsString,
    auth_runtime: PathBuf,
    rocket: PathBuf,
    dependencies: PathBuf,
    /// `proc-macro-crate` reads the manifest there.
    manifest_dir: PathBuf,
    out_dir: tempfile::TempDir,
}

/// One message of the compiler.
pub(super) struct Diagnostic {
    pub(super) is_error: bool,
    pub(super) message: String,
    /// The line of the case that it underlines.
    pub(super) line: Option<usize>,
    /// Helps and notes.
    pub(super) children: Vec<String>,
    pub(super) rendered: String,
}

impl Compiler {
    /// Compiles the dependencies, unless that has already been done.
    pub(super) fn find() -> Self {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["check", "--package", PACKAGE, "--message-format", "json"])
            .output()
            .expect("cargo runs");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{stderr}");

        let stdout = String::from_utf8(output.stdout).expect("cargo's output is text");
        let artifacts: Vec<Value> = stdout.lines().filter_map(parse).collect();
        let rocket = metadata(&artifacts, "rocket");
        let dependencies = rocket.parent().expect("a file has a directory");
        Self {
            rustc: std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()),
            auth_runtime: metadata(&artifacts, "auth_runtime"),
            dependencies: dependencies.to_owned(),
            rocket,
            manifest_dir: Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../examples")
                .join(PACKAGE),
            out_dir: tempfile::tempdir().expect("a directory for the output"),
        }
    }

    /// Returns the same compiler for files of the package in this directory.
    pub(super) fn in_package(self, manifest_dir: &Path) -> Self {
        let manifest_dir = manifest_dir.to_owned();
        Self {
            manifest_dir,
            ..self
        }
    }

    pub(super) fn version(&self) -> String {
        let output = Command::new(&self.rustc)
            .arg("--version")
            .output()
            .expect("rustc runs");
        let version = String::from_utf8(output.stdout).expect("rustc's version is text");
        version
            .split_whitespace()
            .nth(1)
            .unwrap_or_default()
            .to_owned()
    }

    /// Returns the diagnostics of rustc for this file.
    pub(super) fn check(&self, file: &Path) -> Vec<Diagnostic> {
        let external = |name: &str, path: &Path| format!("{name}={}", path.display());
        let metadata = file.to_string_lossy().replace(['/', '.'], "_");
        let output = Command::new(&self.rustc)
            .args([
                "--edition",
                "2024",
                "--crate-type",
                "bin",
                "--emit",
                "metadata",
            ])
            .args(["--error-format", "json"])
            .arg("-L")
            .arg(external("dependency", &self.dependencies))
            .args(["--extern", &external("auth_runtime", &self.auth_runtime)])
            .args(["--extern", &external("rocket", &self.rocket)])
            .arg("-o")
            .arg(self.out_dir.path().join(metadata))
            .arg(file)
            .env("CARGO_MANIFEST_DIR", &self.manifest_dir)
            .output()
            .expect("rustc runs");
        let stderr = String::from_utf8(output.stderr).expect("rustc's output is text");
        let messages = stderr
            .lines()
            .map(|line| parse(line).unwrap_or_else(|| panic!("rustc: {line}")));
        messages
            .filter_map(|message| diagnostic(&message, file))
            .collect()
    }
}

fn parse(line: &str) -> Option<Value> {
    serde_json::from_str(line).ok()
}

fn metadata(artifacts: &[Value], name: &str) -> PathBuf {
    let artifact = artifacts
        .iter()
        .find(|artifact| artifact["target"]["name"] == name);
    let artifact = artifact.unwrap_or_else(|| panic!("{PACKAGE} does not depend on {name}"));
    artifact["filenames"][0]
        .as_str()
        .expect("a library has a file")
        .into()
}

/// Reads a diagnostic. Returns `None` for the summary at the end.
fn diagnostic(message: &Value, file: &Path) -> Option<Diagnostic> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let level = text(&message["level"]);
    let is_summary = text(&message["message"]).starts_with("aborting due to");
    if level == "failure-note" || is_summary {
        return None;
    }
    let spans = list(&message["spans"]);
    let is_here =
        |span: &&Value| span["is_primary"] == true && span["file_name"].as_str() == file.to_str();
    let line = spans
        .iter()
        .find(is_here)
        .and_then(|span| span["line_start"].as_u64());
    let children = list(&message["children"]);
    Some(Diagnostic {
        is_error: level == "error",
        message: text(&message["message"]),
        line: line.and_then(|line| usize::try_from(line).ok()),
        children: children
            .iter()
            .map(|child| text(&child["message"]))
            .collect(),
        rendered: text(&message["rendered"]),
    })
}
