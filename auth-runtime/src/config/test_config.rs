//! A Rocket.toml for tests.

use std::fs;

use rocket::figment::Figment;
use rocket::figment::providers::{Format, Toml};
use tempfile::TempDir;

use super::{IssuerSettings, Mode, Settings};

/// Issuer and audience, for tests of other keys.
pub(super) const BOTH: &str = "issuer = 'https://a.invalid/'\naudience = 'api'\n";

/// What these keys of the table `auth` mean, or what is wrong with them.
pub(super) fn read(keys: &str) -> Result<Settings, Vec<String>> {
    let folder = TempDir::new().unwrap();
    read_in(&folder, keys)
}

/// The same with `%` standing for a folder.
pub(super) fn read_in(folder: &TempDir, keys: &str) -> Result<Settings, Vec<String>> {
    let path = folder.path().join("Rocket.toml");
    let keys = keys.replace('%', folder.path().to_str().unwrap());
    fs::write(&path, format!("[default.auth]\n{keys}")).unwrap();
    let figment = Figment::from(rocket::Config::debug_default()).merge(Toml::file(path).nested());
    Settings::from_figment(&figment)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

/// The one thing that is wrong with these keys, to the letter.
#[track_caller]
pub(super) fn expect(keys: &str, problem: &str) {
    assert_eq!(read(keys).unwrap_err(), [problem], "{keys}");
}

/// The same for keys beside issuer and audience.
#[track_caller]
pub(super) fn expect_beside(keys: &str, problem: &str) {
    expect(&format!("{BOTH}{keys}"), problem);
}

/// The issuers of a configuration without a shared secret.
#[track_caller]
pub(super) fn key_sets(settings: &Settings) -> &[IssuerSettings] {
    match &settings.mode {
        Mode::KeySets(issuers) => issuers,
        Mode::SharedSecret(_) => panic!("there is no secret: {settings:?}"),
    }
}
