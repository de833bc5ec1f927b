//! Defines the checked configuration.

#[cfg(any(test, fuzzing))]
use rocket::figment::Figment;

use super::bound_tokens::{self, BoundTokenSettings};
use super::fetching;
use super::http_hosts;
use super::introspection;
use super::issuers;
use super::key_source;
use super::local_issuer;
use super::mode::Mode;
use super::problem::Problem;
use super::public_url::{self, PublicUrl};
use super::reader::{Groups, Reader};
use super::replies::{self, ReplySettings};
use super::revocation::{self, RevocationSettings};
use super::secrets::{self, Secret};
use super::shadow::{self, ShadowSettings};
use super::shared_state::{self, StoreSettings};
use super::table::Table;
use super::tokens::{self, TokenSettings};
use super::tracing;
use crate::jwks::Times;

/// Every key of the configuration, by group.
pub(super) static GROUPS: Groups = &[
    issuers::KEYS,
    key_source::KEYS,
    introspection::KEYS,
    secrets::KEYS,
    http_hosts::KEYS,
    fetching::KEYS,
    tokens::KEYS,
    replies::KEYS,
    revocation::KEYS,
    public_url::KEYS,
    bound_tokens::KEYS,
    shared_state::KEYS,
    shadow::KEYS,
    tracing::KEYS,
    local_issuer::KEYS,
];

/// A configuration that can work.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) mode: Mode,
    /// The hosts that may be asked over plain HTTP. Empty except in the profile `debug`.
    pub(crate) http_hosts: Vec<String>,
    pub(crate) times: Times,
    pub(crate) tokens: TokenSettings,
    pub(crate) replies: ReplySettings,
    /// `None` if revocations are not honoured.
    pub(crate) revocation: Option<RevocationSettings>,
    pub(crate) public_url: Option<PublicUrl>,
    /// `true` if the metadata of the API are served.
    pub(crate) resource_metadata: bool,
    pub(crate) bound_tokens: BoundTokenSettings,
    pub(crate) store: StoreSettings,
    /// A stricter configuration by which accepted tokens are also judged.
    pub(crate) shadow: Option<ShadowSettings>,
    /// Whether traces show the subject of tokens.
    pub(crate) trace_subject: bool,
}

impl Settings {
    /// Reads and checks the table `auth`.
    ///
    /// # Errors
    /// Returns all problems, each with its key and the fix.
    pub(crate) fn read(table: Table) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader::new(table, GROUPS);
        local_issuer::check(&mut reader);
        let http_hosts = http_hosts::read(&mut reader);
        let mode = match secrets::read(&mut reader) {
            Secret::Unset => Mode::KeySets(issuers::read(&mut reader, &http_hosts)),
            Secret::Temporary(secret) => {
                Mode::Migration(issuers::read(&mut reader, &http_hosts), secret)
            }
            Secret::Only(secret) => Mode::SharedSecret(secret),
        };
        let (public_url, resource_metadata) = public_url::read(&mut reader);
        let settings = Self {
            revocation: revocation::read(&mut reader, &mode),
            mode,
            http_hosts,
            times: fetching::read(&mut reader),
            tokens: TokenSettings::read(&mut reader),
            replies: ReplySettings::read(&mut reader),
            bound_tokens: BoundTokenSettings::read(&mut reader, public_url.as_ref()),
            store: reader.value(&shared_state::STORE),
            shadow: shadow::read(&mut reader),
            trace_subject: tracing::read(&mut reader),
            public_url,
            resource_metadata,
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

/// Returns the names of all keys.
pub(crate) fn key_names() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().copied().flatten().map(|row| row.name)
}

#[cfg(test)]
mod tests;
