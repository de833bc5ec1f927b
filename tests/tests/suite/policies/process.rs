//! Tests that need an environment or a log of their own: an ignored test of this suite, run as a
//! process.

use std::process::Command;

/// Runs the ignored test of this name, as in `policies::table::child`, with these variables. It
/// must pass. Returns all that it wrote.
#[track_caller]
pub(super) fn run(test: &str, variables: &[(&str, &str)]) -> String {
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
    let text =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    let text = text.concat();
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{test} does not pass:\n{text}"
    );
    text
}
