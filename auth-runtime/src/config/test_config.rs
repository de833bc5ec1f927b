//! Reads configurations in tests.

use std::fs;

use rocket::figment::Figment;
use rocket::figment::providers::{Format, Toml};
use tempfile::TempDir;

use super::{IssuerSettings, Mode, Settings};

/// Issuer and audience, for tests of other keys.
pub(super) const BOTH: &str = "issuer = 'https://a.invalid/'\naudience = 'api'\n";

/// Reads these keys of the table `auth`, or returns the problems with them.
pub(super) fn read(keys: &str) -> Result<Settings, Vec<String>> {
    read_in_profile("debug", keys)
}

/// Reads the keys in one of Rocket's profiles.
pub(super) fn read_in_profile(profile: &str, keys: &str) -> Result<Settings, Vec<String>> {
    read_with(profile, &TempDir::new().unwrap(), keys)
}

/// Reads the keys with the path of a directory in place of `%`.
pub(super) fn read_in(directory: &TempDir, keys: &str) -> Result<Settings, Vec<String>> {
    read_with("debug", directory, keys)
}

fn read_with(profile: &str, directory: &TempDir, keys: &str) -> Result<Settings, Vec<String>> {
    let path = directory.path().join("Rocket.toml");
    let keys = keys.replace('%', directory.path().to_str().unwrap());
    fs::write(&path, format!("[default.auth]\n{keys}")).unwrap();
    let figment = Figment::from(rocket::Config::debug_default()).merge(Toml::file(path).nested());
    Settings::from_figment(&figment.select(profile))
        .map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

/// Expects exactly this problem with these keys.
#[track_caller]
pub(super) fn expect(keys: &str, problem: &str) {
    assert_eq!(read(keys).unwrap_err(), [problem], "{keys}");
}

/// Expects exactly this problem with keys beside issuer and audience.
#[track_caller]
pub(super) fn expect_beside(keys: &str, problem: &str) {
    expect(&format!("{BOTH}{keys}"), problem);
}

/// Returns the issuers of a configuration without a shared secret.
#[track_caller]
pub(super) fn key_sets(settings: &Settings) -> &[IssuerSettings] {
    match &settings.mode {
        Mode::KeySets(issuers) | Mode::Migration(issuers, _) => issuers,
        Mode::SharedSecret(_) => panic!("the secret is the only key: {settings:?}"),
    }
}
