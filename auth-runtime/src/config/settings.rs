//! The checked configuration.

#[cfg(any(test, fuzzing))]
use rocket::figment::Figment;

use super::fetching;
use super::issuers::{self, IssuerSettings};
use super::key_source;
use super::problem::Problem;
use super::reader::{Groups, Reader};
use super::replies::{self, ReplySettings};
use super::secrets::{self, SecretSettings};
use super::table::Table;
use super::tokens::{self, TokenSettings};
use crate::jwks::Times;

/// Every key of the configuration, by group.
pub(super) static GROUPS: Groups = &[
    issuers::KEYS,
    key_source::KEYS,
    secrets::KEYS,
    fetching::KEYS,
    tokens::KEYS,
    replies::KEYS,
];

/// A configuration that can work.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) mode: Mode,
    pub(crate) times: Times,
    pub(crate) tokens: TokenSettings,
    pub(crate) replies: ReplySettings,
}

/// How tokens are verified.
#[derive(Debug)]
pub(crate) enum Mode {
    /// With the keys of their issuers.
    KeySets(Vec<IssuerSettings>),
    /// With a secret that the issuer shares.
    SharedSecret(SecretSettings),
}

impl Settings {
    /// # Errors
    /// Everything that is wrong, each problem with its key and the fix.
    pub(crate) fn read(table: Table) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader::new(table, GROUPS);
        let mode = match secrets::read(&mut reader) {
            Some(secret) => Mode::SharedSecret(secret),
            None => Mode::KeySets(issuers::read(&mut reader)),
        };
        let settings = Self {
            mode,
            times: fetching::read(&mut reader),
            tokens: TokenSettings::read(&mut reader),
            replies: ReplySettings::read(&mut reader),
        };
        reader.finish().map(|()| settings)
    }

    /// Reads the table `auth` of a figment, and no other source.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn from_figment(figment: &Figment) -> Result<Self, Vec<Problem>> {
        let table = Table::from_figment(figment).map_err(|problem| vec![problem])?;
        Self::read(table)
    }
}

/// The names of all keys.
pub(crate) fn key_names() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().copied().flatten().map(|row| row.name)
}

#[cfg(test)]
mod tests;
