//! Reads the keys of a table by their rows, and collects the problems.

use rocket::figment::Profile;
use rocket::figment::value::{Dict, Value};

use super::TABLE;
use super::key::{Key, OptionalKey, Place, Read, Row};
use super::problem::Problem;
use super::source::Source;
use super::table::Table;

/// The groups of keys that a table may have.
pub(super) type Groups = &'static [&'static [&'static Row]];

/// A table that is being read, and the problems found so far.
pub(super) struct Reader {
    table: Table,
    groups: Groups,
    problems: Vec<Problem>,
}

impl Reader {
    /// Reads the table `auth`.
    pub(super) fn new(table: Table, groups: Groups) -> Self {
        let mut reader = Self {
            table,
            groups,
            problems: Vec::new(),
        };
        reader.find_unknown(|_| true);
        reader
    }

    /// Reads some keys of the table `auth`, whatever others it has.
    #[cfg(feature = "issuer")]
    pub(super) fn unchecked(table: Table) -> Self {
        Self {
            table,
            groups: &[],
            problems: Vec::new(),
        }
    }

    /// Reads the value of a key. Returns the default if the key is not set or its value is invalid.
    pub(super) fn value<T>(&mut self, key: &Key<T>) -> T {
        self.optional_as(key, key.read)
            .unwrap_or_else(|| key.default())
    }

    /// Reads the value of a key. Returns `None` if the key is not set or its value is invalid.
    pub(super) fn optional<T>(&mut self, key: &OptionalKey<T>) -> Option<T> {
        self.optional_as(key, key.read)
    }

    /// Reads the value of a key that must be set.
    pub(super) fn required<T>(&mut self, key: &OptionalKey<T>, missing: &str) -> Option<T> {
        if !self.is_set(key) {
            self.problem(key, missing);
        }
        self.optional(key)
    }

    /// Reads the value of a key with another function than the key's own. Returns `None` if the key
    /// is not set or its value is invalid.
    pub(super) fn optional_as<T>(&mut self, row: &Row, read: Read<T>) -> Option<T> {
        match read(self.table.get(row.name)?) {
            Ok(value) => Some(value),
            Err(message) => {
                self.problem(row, message);
                None
            }
        }
    }

    /// Returns Rocket's profile.
    pub(super) fn profile(&self) -> &Profile {
        self.table.profile()
    }

    /// Returns where the value of a key comes from.
    pub(super) fn source(&self, row: &Row) -> Option<&Source> {
        self.table.source(row.name)
    }

    pub(super) fn is_set(&self, row: &Row) -> bool {
        self.table.get(row.name).is_some()
    }

    /// Returns whether a key is set to anything other than `false`, which is the same as leaving it
    /// out.
    pub(super) fn is_in_use(&self, row: &Row) -> bool {
        !matches!(self.table.get(row.name), None | Some(Value::Bool(_, false)))
    }

    /// Records a problem with a key.
    pub(super) fn problem(&mut self, row: &Row, message: impl Into<String>) {
        self.problem_at(row.name, message);
    }

    fn problem_at(&mut self, key: &str, message: impl Into<String>) {
        let problem = Problem::new(
            self.table.path_of(key),
            self.table.source(key).cloned(),
            message,
        );
        self.problems.push(problem);
    }

    /// Reads each table in the list of tables that is the value of `key`. They have keys of the same
    /// groups.
    pub(super) fn each_table<T>(
        &mut self,
        key: &OptionalKey<Vec<Value>>,
        read: impl FnMut(&mut Self) -> Vec<T>,
    ) -> Vec<T> {
        self.nested_tables(key, self.groups, |row| row.place != Place::Auth, read)
    }

    /// Reads each table in the list of tables that is the value of `key`. They have keys of these
    /// groups.
    #[cfg(feature = "issuer")]
    pub(super) fn each_table_of<T>(
        &mut self,
        key: &OptionalKey<Vec<Value>>,
        groups: Groups,
        read: impl FnMut(&mut Self) -> Vec<T>,
    ) -> Vec<T> {
        self.nested_tables(key, groups, |_| true, read)
    }

    /// Reads the table that is the value of `key`, unless it is not set or invalid. It has keys of these
    /// groups.
    pub(super) fn table<T>(
        &mut self,
        key: &OptionalKey<Dict>,
        groups: Groups,
        read: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        let values = self.optional(key)?;
        Some(self.nested_table(key, "", values, groups, |_| true, read))
    }

    fn nested_tables<T>(
        &mut self,
        key: &OptionalKey<Vec<Value>>,
        groups: Groups,
        may_be_here: fn(&Row) -> bool,
        mut read: impl FnMut(&mut Self) -> Vec<T>,
    ) -> Vec<T> {
        let mut all = Vec::new();
        let tables = self.optional(key).unwrap_or_default();
        for (index, table) in tables.into_iter().enumerate() {
            let place = format!("[{index}]");
            if let Value::Dict(_, values) = table {
                all.extend(self.nested_table(key, &place, values, groups, may_be_here, &mut read));
            } else {
                let place = format!("{}{place}", self.table.path_of(key.name));
                let source = self.table.source(key.name).cloned();
                self.problems
                    .push(Problem::new(place, source, "it must be a table"));
            }
        }
        all
    }

    /// Reads a table within the value of a key.
    fn nested_table<T>(
        &mut self,
        row: &Row,
        place: &str,
        values: Dict,
        groups: Groups,
        may_be_here: fn(&Row) -> bool,
        read: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let mut reader = Self {
            table: self.table.nested(row.name, place, values),
            groups,
            problems: Vec::new(),
        };
        reader.find_unknown(may_be_here);
        let value = read(&mut reader);
        self.problems.append(&mut reader.problems);
        value
    }

    /// Returns the rows of all groups.
    pub(super) fn rows(&self) -> impl Iterator<Item = &'static Row> + use<> {
        self.groups.iter().copied().flatten().copied()
    }

    /// Reports each key of the table that is unknown or misplaced.
    fn find_unknown(&mut self, may_be_here: fn(&Row) -> bool) {
        let keys: Vec<String> = self.table.keys().map(str::to_owned).collect();
        for key in keys {
            match self.rows().find(|row| row.name == key) {
                Some(row) if may_be_here(row) => {}
                Some(row) => {
                    self.problem(
                        row,
                        format!("it applies to all issuers: move it to the table `{TABLE}`"),
                    );
                }
                None => {
                    let names = self
                        .rows()
                        .filter(|row| may_be_here(row))
                        .map(|row| row.name);
                    let nearest = nearest(&key, names);
                    self.problem_at(
                        &key,
                        format!("there is no such key: did you mean `{nearest}`?"),
                    );
                }
            }
        }
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// Returns all problems of the table, if there are any.
    pub(super) fn finish(self) -> Result<(), Vec<Problem>> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(self.problems)
        }
    }
}

/// What other libraries and providers call some keys.
const OTHER_NAMES: [(&str, &str); 7] = [
    ("api_identifier", "audience"),
    ("authority", "issuer"),
    ("clock_skew", "leeway"),
    ("clock_tolerance", "leeway"),
    ("domain", "issuer"),
    ("identifier", "audience"),
    ("tenant", "issuer"),
];

/// Returns the name that was most likely meant. A name that contains the key wins over all others, so
/// that `timeout` leads to `jwks_timeout`. Otherwise a common beginning counts most, so that `aud` leads
/// to `audience`.
fn nearest(key: &str, names: impl Iterator<Item = &'static str>) -> &'static str {
    let key = in_snake_case(key);
    let names: Vec<_> = names.collect();
    let mut others = OTHER_NAMES.iter().filter(|(other, _)| *other == key);
    if let Some((_, name)) = others.find(|(_, name)| names.contains(name)) {
        return name;
    }
    names
        .into_iter()
        .map(|name| (name.contains(&key), strsim::jaro_winkler(name, &key), name))
        .max_by(
            |(contains, similarity, _), (other_contains, other_similarity, _)| {
                let by_similarity = similarity.total_cmp(other_similarity);
                contains.cmp(other_contains).then(by_similarity)
            },
        )
        .map_or("", |(_, _, name)| name)
}

/// Returns a key as we write keys: `jwks_uri` for `jwksUri`, `jwks-uri` and `JWKS_URI`.
fn in_snake_case(key: &str) -> String {
    let mut snake = String::new();
    let mut is_after_lower = false;
    for character in key.chars() {
        if is_after_lower && character.is_uppercase() {
            snake.push('_');
        }
        is_after_lower = character.is_lowercase();
        match character {
            '-' | '.' | ' ' => snake.push('_'),
            other => snake.extend(other.to_lowercase()),
        }
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::super::key_names;
    use super::{in_snake_case, nearest};

    #[test]
    fn every_key_is_nearest_to_itself() {
        for name in key_names() {
            assert_eq!(nearest(name, key_names()), name);
            assert_eq!(in_snake_case(name), name);
        }
    }
}
