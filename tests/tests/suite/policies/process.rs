//! Runs ignored tests of this suite as processes, because they need their own environment or log.

use std::process::Command;

/// Runs the ignored test of this name, as in `policies::table::child`, with these variables. Asserts
/// that it passes, and returns its output.
#[track_caller]
pub(crate) fn run(test: &str, variables: &[(&str, &str)]) -> String {
    let program = std::env::current_exe().expect("a test knows its program");
    let output = Command::new(program)
        .args([
            test,
            "--exact",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .env_remove("ACCEPT_POLICIES")
        .env("ROCKET_CLI_COLORS", "false")
        .envs(variables.iter().copied())
        .output()
        .expect("the test's program runs");
    let mut written = String::from_utf8_lossy(&output.stdout).into_owned();
    written.push_str(&String::from_utf8_lossy(&output.stderr));
    assert!(
        output.status.success() && written.contains("1 passed"),
        "{test} does not pass:\n{written}"
    );
    written
}
