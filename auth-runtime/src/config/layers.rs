//! The sources of the configuration and which of them wins, key by key: what is set in code, then
//! `ROCKET_AUTH`, then `AUTH0_*`, then Rocket.toml.

use rocket::figment::value::{Dict, Map, Value};
use rocket::figment::{Error, Figment, Metadata, Profile, Provider, Source};

use super::TABLE;
use super::auth0::{self, Auth0};
use super::reader::Problem;

/// Values of one source.
pub(crate) struct Layer {
    /// As a message about one of its values names it.
    pub(crate) name: &'static str,
    pub(crate) values: Dict,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.name)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let table = Dict::from([(TABLE.to_owned(), Value::from(self.values.clone()))]);
        Ok(Profile::Global.collect(table))
    }
}

/// Rocket's configuration with the other sources laid in.
///
/// # Errors
/// If the `AUTH0_*` variables or the `.env` file cannot be made sense of.
pub(crate) fn layered(rocket: &Figment, in_code: Layer) -> Result<Figment, Vec<Problem>> {
    let mut figment = rocket.clone();
    for Auth0 {
        key,
        variable,
        value,
    } in auth0::read()?
    {
        if gives_way(&figment, key) {
            let values = Dict::from([(key.to_owned(), value.into())]);
            figment = figment.merge(Layer {
                name: variable,
                values,
            });
        }
    }
    Ok(figment.merge(in_code))
}

/// Whether no source says anything at all: then a development build may help itself.
#[cfg(feature = "issuer")]
pub(crate) fn is_silent(figment: &Figment) -> bool {
    match figment.find_value(TABLE) {
        Ok(Value::Dict(_, table)) => table.is_empty(),
        Ok(_) => false,
        Err(error) => error.missing(),
    }
}

/// `AUTH0_*` win over files, and over them alone: what is not from a file is from `ROCKET_AUTH` or
/// from code.
fn gives_way(figment: &Figment, key: &str) -> bool {
    match figment.find_metadata(&format!("{TABLE}.{key}")) {
        Some(metadata) => matches!(metadata.source, Some(Source::File(_))),
        None => true,
    }
}
