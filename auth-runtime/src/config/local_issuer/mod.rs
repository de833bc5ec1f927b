//! Configures the local issuer, which runs if no issuer is configured.

#[cfg(feature = "issuer")]
mod table;

use rocket::figment::value::{Dict, Value};

use super::DEBUG;
use super::key::{OptionalKey, keys};
use super::reader::Reader;

#[cfg(feature = "issuer")]
pub(crate) use self::table::{is_wanted, read};

keys! {
    /// The table of the local issuer, which runs if no issuer is configured: its `users` and
    /// `clients` (feature `issuer`, only in the profile `debug`).
    LOCAL: OptionalKey<Dict> = ("local", Auth, "none", table);
}

fn table(value: &Value) -> Result<Dict, String> {
    let table = value.as_dict().cloned();
    table.ok_or_else(|| "it must be a table, such as `[debug.auth.local]`".to_owned())
}

/// Reports the problems of the table, if there is one.
pub(super) fn check(reader: &mut Reader) {
    if !reader.is_set(&LOCAL) {
        return;
    }
    if cfg!(not(feature = "issuer")) {
        reader.problem(
            &LOCAL,
            "it needs the feature `issuer` of auth-runtime: switch it on in Cargo.toml, or remove \
             the table",
        );
        return;
    }
    if *reader.profile() != DEBUG {
        reader.problem(
            &LOCAL,
            "the local issuer gives a token to anyone, so that it runs only in the profile `debug`: \
             move this table to `[debug.auth.local]`",
        );
    }
    #[cfg(feature = "issuer")]
    table::read_within(reader);
}
