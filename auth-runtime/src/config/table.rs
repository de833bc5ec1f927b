//! Defines a table of the configuration whose values know their sources.

use std::collections::BTreeMap;

use rocket::figment::value::{Dict, Value};
use rocket::figment::{Figment, Profile};

use super::TABLE;
use super::problem::Problem;
use super::source::Source;

/// A table of the configuration: `auth`, or one of the tables of `auth.issuers`.
///
/// It is not `Debug`, because its values may be secrets.
#[derive(Clone)]
pub(crate) struct Table {
    /// Its place, such as `auth` or `auth.issuers[0]`.
    path: String,
    values: BTreeMap<String, Entry>,
    profile: Profile,
}

#[derive(Clone)]
struct Entry {
    value: Value,
    source: Source,
}

impl Table {
    /// Takes the table `auth` from Rocket's configuration. The table is empty if there is none.
    ///
    /// # Errors
    /// Fails if `auth` is not a table.
    pub(crate) fn from_figment(figment: &Figment) -> Result<Self, Problem> {
        let source_of = |value: &Value| {
            let metadata = figment.get_metadata(value.tag());
            metadata.map_or_else(
                || Source::Provider("Rocket's configuration".to_owned()),
                Source::from_metadata,
            )
        };
        let values = match figment.find_value(TABLE) {
            Ok(Value::Dict(_, values)) => values,
            Ok(other) => {
                return Err(Problem::new(
                    TABLE,
                    Some(source_of(&other)),
                    "it must be a table, such as `{issuer=\"…\",audience=\"…\"}`",
                ));
            }
            Err(error) if error.missing() => Dict::new(),
            Err(error) => return Err(Problem::new(TABLE, None, error.to_string())),
        };
        let values = values.into_iter().map(|(key, value)| {
            let source = source_of(&value);
            (key, Entry { value, source })
        });
        Ok(Self {
            path: TABLE.to_owned(),
            values: values.collect(),
            profile: figment.profile().clone(),
        })
    }

    /// Creates a table at this place within the value of `key`, which comes from the same source.
    pub(super) fn nested(&self, key: &str, place: &str, values: Dict) -> Self {
        let source = self.source(key).cloned().unwrap_or(Source::Builder);
        let values = values.into_iter().map(|(key, value)| {
            let source = source.clone();
            (key, Entry { value, source })
        });
        Self {
            path: format!("{}.{key}{place}", self.path),
            values: values.collect(),
            profile: self.profile.clone(),
        }
    }

    /// Sets a key, and replaces the value of a weaker source.
    pub(super) fn set(&mut self, key: impl Into<String>, value: Value, source: Source) {
        self.values.insert(key.into(), Entry { value, source });
    }

    /// Sets these keys, and replaces the values of weaker sources.
    pub(crate) fn set_all(&mut self, values: Dict, source: &Source) {
        for (key, value) in values {
            self.set(key, value, source.clone());
        }
    }

    /// Returns the profile of Rocket that these values belong to.
    pub(super) fn profile(&self) -> &Profile {
        &self.profile
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.values.get(key).map(|entry| &entry.value)
    }

    pub(super) fn source(&self, key: &str) -> Option<&Source> {
        self.values.get(key).map(|entry| &entry.source)
    }

    /// Returns the path of a key of this table, as a message names it.
    pub(super) fn path_of(&self, key: &str) -> String {
        format!("{}.{key}", self.path)
    }
}
