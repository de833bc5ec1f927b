//! Collects the values that are set in code.

use std::collections::BTreeSet;
use std::fmt;

use rocket::figment::value::{Dict, Value};

use super::TABLE;
use super::problem::Problem;
use super::source::Source;

/// The keys of a table that are set in code, and those that are set more than once.
#[derive(Clone, Default)]
pub(crate) struct CodeValues {
    values: Dict,
    /// The paths of keys that are set more than once, within the table.
    repeated: BTreeSet<String>,
}

/// Shows the keys without their values, which may be secrets.
impl fmt::Debug for CodeValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.keys()).finish()
    }
}

impl CodeValues {
    pub(crate) fn set(&mut self, key: &str, value: impl Into<Value>) {
        if self.values.insert(key.to_owned(), value.into()).is_some() {
            self.repeated.insert(key.to_owned());
        }
    }

    /// Sets a key to a table.
    pub(crate) fn set_table(&mut self, key: &str, table: Self) {
        let repeated = table.repeated.iter();
        self.repeated
            .extend(repeated.map(|inner| format!("{key}.{inner}")));
        self.set(key, table.values);
    }

    /// Sets a key to a list of tables.
    pub(crate) fn set_tables(&mut self, key: &str, tables: impl IntoIterator<Item = Self>) {
        let mut list: Vec<Value> = Vec::new();
        for (index, table) in tables.into_iter().enumerate() {
            let repeated = table.repeated.iter();
            let repeated = repeated.map(|inner| format!("{key}[{index}].{inner}"));
            self.repeated.extend(repeated);
            list.push(table.values.into());
        }
        self.set(key, list);
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// Returns the values.
    ///
    /// # Errors
    /// Fails if a key is set more than once.
    pub(super) fn into_values(self) -> Result<Dict, Vec<Problem>> {
        let problem = |key| {
            let message = "it is set twice, and only one of the two can apply: keep one, and write \
                           several values as a list";
            Problem::new(format!("{TABLE}.{key}"), Some(Source::Builder), message)
        };
        let problems: Vec<_> = self.repeated.into_iter().map(problem).collect();
        if problems.is_empty() {
            Ok(self.values)
        } else {
            Err(problems)
        }
    }
}
