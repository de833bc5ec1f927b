//! What the attributes and `routes!` accept, and what they say about the rest.
//!
//! To accept new messages: `TRYBUILD=overwrite cargo test -p tests ui`, and read the diff as prose.

use std::io::Write;
use std::process::Command;

// A pass case, and a module here for clippy to see it.
#[path = "../../ui/pass/no_warnings.rs"]
mod no_warnings;

/// The rustc whose words the `.stderr` files hold.
const RUSTC: &str = "1.95.0";

#[test]
fn handlers_that_declare_a_policy_compile() {
    trybuild::TestCases::new().pass("ui/pass/*.rs");
}

#[test]
fn mistakes_are_told_where_they_are_and_what_to_write() {
    let version = rustc_version();
    if version != RUSTC {
        // Written to the stream itself: what a test prints is shown only if it fails.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: ui/fail holds the messages of rustc {RUSTC}, and this is {version}"
        );
        return;
    }
    trybuild::TestCases::new().compile_fail("ui/fail/*/*.rs");
}

#[test]
fn expansions_warn_of_nothing() {
    no_warnings::main();
}

fn rustc_version() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
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
