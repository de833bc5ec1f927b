//! The commands `check` and `scopes` of the seed app.

use std::io::{self, Write};
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};

use auth_runtime::issuer::LocalIssuer;

use super::*;

/// Runs the seed app with these arguments, this input and this configuration.
fn run(arguments: &[&str], input: &str, auth: &str) -> Output {
    let directory = SeedDirectory::new(&[]);
    run_in(&directory, arguments, input, &[("ROCKET_AUTH", auth)])
}

/// Runs the seed app in this directory, with only these variables.
fn run_in(
    directory: &SeedDirectory,
    arguments: &[&str],
    input: &str,
    variables: &[(&str, &str)],
) -> Output {
    let mut child = command(directory, arguments, variables)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the seed app starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    // A command that does not read its input may have ended.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

fn command(directory: &SeedDirectory, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seed-app-under-test"));
    command
        .args(arguments)
        .current_dir(directory.path(""))
        .env_clear()
        .env("ROCKET_CLI_COLORS", "false")
        .envs(variables.iter().copied());
    command
}

fn text(output: &Output) -> String {
    let all = [&*output.stdout, &*output.stderr].concat();
    String::from_utf8(all).expect("the output is text")
}

/// Such as `head`, which reads a few lines of a longer report.
#[test]
fn a_reader_that_stops_early_does_not_change_the_exit_status() {
    for (arguments, status) in [
        (&["check"][..], 0),
        (&["check", "not-a-token"], 1),
        (&["scopes", "--for", "auth0"], 0),
    ] {
        let directory = SeedDirectory::new(&[]);
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let output = command(&directory, arguments, &[("ROCKET_AUTH", SECRET)])
            .stdin(Stdio::null())
            .stdout(writer)
            .output()
            .expect("the seed app runs");
        let written = text(&output);
        assert_eq!(
            output.status.code(),
            Some(status),
            "{arguments:?}: {written}"
        );
        assert_eq!(written, "", "{arguments:?}");
    }
}

const SECRET: &str =
    r#"{secret="0123456789abcdef0123456789abcdef",audience="https://api.example.com"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_status_of_check_shows_whether_something_is_wrong() {
    let issuer = LocalIssuer::start("https://api.test").await.unwrap();
    let auth = format!(
        "{{issuer={:?},audience={:?}}}",
        issuer.url(),
        issuer.audience()
    );
    let good = issuer.token().mint();
    let bad = issuer.token().expired().mint();
    for (arguments, input, status) in [
        (vec!["check"], "", 0),
        (vec!["check", &good], "", 0),
        (vec!["check", "-"], &*format!("{good}\n"), 0),
        (vec!["check", &bad], "", 1),
    ] {
        let output = run(&arguments, input, &auth);
        assert_eq!(output.status.code(), Some(status), "{}", text(&output));
        for part in good.split('.').chain(bad.split('.')) {
            assert!(!text(&output).contains(part));
        }
    }
    let output = run(&["check", &bad], "", &auth);
    assert!(
        text(&output).contains("The token is refused: 401 token_expired"),
        "{}",
        text(&output)
    );
}

#[test]
fn a_configuration_that_cannot_work_is_a_problem() {
    let auth = r#"{issuer="https://a.test/.well-known/jwks.json",audience="https://api.test"}"#;
    let output = run(&["check"], "", auth);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(text(&output).contains("auth.issuer"), "{}", text(&output));
}

#[test]
fn scopes_are_written_and_compared() {
    let output = run(&["scopes", "--for", "auth0"], "", SECRET);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let body: Value = serde_json::from_slice(&output.stdout).expect("it is JSON and nothing else");
    assert_eq!(body["scopes"][1]["value"], "read:messages");
    assert_eq!(body["scopes"][1]["description"], "Read messages.");

    let api = r#"{"identifier":"https://api.example.com","scopes":[]}"#;
    let directory = SeedDirectory::new(&[("api.json", api)]);
    let file = directory.path("api.json");
    let output = run(&["scopes", "--check", file.to_str().unwrap()], "", SECRET);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(
        text(&output).contains("FAIL  read:messages"),
        "{}",
        text(&output)
    );
}

#[tokio::test]
async fn only_without_any_configuration_is_the_issuer_of_a_running_seed_app_assumed() {
    let is_assumed = |files: &[(&str, &str)], auth: &str| {
        let directory = SeedDirectory::new(files);
        let output = run_in(&directory, &["check"], "", &[("ROCKET_AUTH", auth)]);
        text(&output).contains("assumed to be the local one of a running seed app")
    };
    // Nothing listens at this address.
    let auth0 = "AUTH0_DOMAIN=127.0.0.1:1\nAPI_IDENTIFIER=https://api.test\n";
    eventually("the port is taken, and the issuer is assumed", || async {
        // If this fails, somebody else has the port for a while.
        let _listener = TcpListener::bind("127.0.0.1:9000");
        assert!(!is_assumed(&[(".env", auth0)], "{}"));
        assert!(!is_assumed(&[], SECRET));
        is_assumed(&[], "{jwks_timeout=0.2}")
    })
    .await;
}

#[test]
fn arguments_that_are_not_understood_exit_with_2_and_the_usage() {
    for arguments in [
        &["chek"][..],
        &["check", "a", "b"],
        &["check", "--verbose"],
        &["scopes"],
        &["scopes", "--for"],
        &["scopes", "--for", "okta"],
        &["scopes", "--check", "/nonexistent.json"],
        &["--help", "check"],
    ] {
        let output = run(arguments, "", SECRET);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{arguments:?}: {}",
            text(&output)
        );
        assert!(text(&output).contains("Usage:"), "{arguments:?}");
    }
}

#[test]
fn the_usage_can_be_asked_for() {
    for argument in ["-h", "--help"] {
        let output = run(&[argument], "", SECRET);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output));
        assert!(output.stdout.starts_with(b"Usage:"), "{}", text(&output));
    }
}
