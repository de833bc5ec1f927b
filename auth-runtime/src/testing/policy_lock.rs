//! Compares the policies of a Rocket with a committed file.

use std::path::Path;
use std::{env, fs};

use rocket::{Phase, Rocket};

use crate::routes::{Policies, PolicyDiff, PolicyLock};

const ACCEPT: &str = "ACCEPT_POLICIES";
const HOW_TO_ACCEPT: &str = "To accept this: ACCEPT_POLICIES=1 cargo test";
const HEAD: &str = "\
# Who may call what. A test compares the routes with this file, so that a change shows in review.
# To accept a change: ACCEPT_POLICIES=1 cargo test
";

/// Compares the policies of this Rocket's routes with a committed file, so that a change of a policy
/// shows in review even if the edit is far from the handler.
///
/// If the environment has `ACCEPT_POLICIES=1`, it writes the file instead.
///
/// [Testing](crate::guide::testing#the-policy-lock-file) shows the file.
///
/// # Panics
/// Panics if a route is new, is gone, or has another policy than in the file. The message says for each
/// whether it got weaker or stricter, and how to accept the change.
#[track_caller]
#[expect(clippy::panic, reason = "an assertion for tests")]
pub fn assert_policies<P: Phase>(file: impl AsRef<Path>, rocket: &Rocket<P>) {
    let path = file.as_ref().display();
    let current = PolicyLock::new(&Policies::of(rocket));
    if env::var_os(ACCEPT).is_some_and(|accept| accept == "1") {
        if let Err(error) = fs::write(&file, format!("{HEAD}{current}")) {
            panic!("{path} cannot be written: {error}");
        }
        return;
    }
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) => panic!("{path} cannot be read: {error}\n{HOW_TO_ACCEPT}"),
    };
    let committed = match PolicyLock::parse(&text) {
        Ok(committed) => committed,
        Err(error) => panic!("{path} cannot be read: {error}\n{HOW_TO_ACCEPT}"),
    };
    let diff = PolicyDiff::new(&committed, &current);
    let changes: Vec<_> = diff.iter().map(|change| format!("  {change}")).collect();
    assert!(
        diff.is_empty(),
        "the policies differ from {path}:\n{}\n{HOW_TO_ACCEPT}",
        changes.join("\n")
    );
}
