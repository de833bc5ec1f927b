//! What must not come in through the features of a dependency.

use rocket::figment::Figment;
use rocket::figment::providers::{Format, Toml};
use serde_json::Value;

/// Covers every member, feature and platform of the workspace.
const LOCK: &str = include_str!("../../../Cargo.lock");

/// `jsonwebtoken` on its `rust_crypto` verifies RSA at a tenth of the speed and brings `rsa`, which is
/// open to a timing attack (RUSTSEC-2023-0071). Features add up, so that any crate of the tree can
/// switch it on: what the crate depends on is therefore listed in full, and not the names of today's
/// backends sought.
#[test]
fn jsonwebtoken_has_no_cryptography_but_that_of_aws_lc() {
    const EXPECTED: [&str; 8] = [
        "aws-lc-rs",
        "base64",
        "getrandom",
        "js-sys",
        "serde",
        "serde_json",
        "signature",
        "zeroize",
    ];
    let packages: Vec<Value> = Figment::from(Toml::string(LOCK))
        .extract_inner("package")
        .expect("the lock file lists packages");
    let of_jsonwebtoken: Vec<_> = packages
        .iter()
        .filter(|package| package["name"] == "jsonwebtoken")
        .collect();
    let [package] = of_jsonwebtoken[..] else {
        panic!("jsonwebtoken is there once: {of_jsonwebtoken:?}");
    };
    let dependencies: Vec<_> = package["dependencies"]
        .as_array()
        .expect("it has dependencies")
        .iter()
        // `name` or, where there are several, `name version`.
        .filter_map(|entry| entry.as_str()?.split(' ').next())
        .collect();
    assert_eq!(dependencies, EXPECTED);
}
