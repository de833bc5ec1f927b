//! Checks that no dependency enables a feature that we exclude.

use rocket::figment::Figment;
use rocket::figment::providers::{Format, Toml};
use serde_json::Value;

/// The lock file, which covers every member, feature and platform of the workspace.
const LOCK: &str = include_str!("../../../Cargo.lock");

/// With its feature `rust_crypto`, `jsonwebtoken` verifies RSA at a tenth of the speed and depends on
/// `rsa`, which is open to a timing attack (RUSTSEC-2023-0071). Any crate in the tree can enable that
/// feature. The test lists all dependencies, so that it also notices backends of later versions.
#[test]
fn jsonwebtoken_uses_only_the_cryptography_of_aws_lc() {
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
    let packages_named_jsonwebtoken: Vec<_> = packages
        .iter()
        .filter(|package| package["name"] == "jsonwebtoken")
        .collect();
    let [package] = packages_named_jsonwebtoken[..] else {
        panic!("the tree contains jsonwebtoken once: {packages_named_jsonwebtoken:?}");
    };
    let dependencies: Vec<_> = package["dependencies"]
        .as_array()
        .expect("the package has dependencies")
        .iter()
        // An entry is `name`, or `name version` if there are several versions.
        .filter_map(|entry| entry.as_str()?.split(' ').next())
        .collect();
    assert_eq!(dependencies, EXPECTED);
}
