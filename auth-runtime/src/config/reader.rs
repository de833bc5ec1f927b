//! Reads the keys of the `auth` table, each by its type, and gathers what is wrong with them.

use std::fmt;
use std::time::Duration;

use rocket::figment::value::{Dict, Num, Value};
use rocket::figment::{Figment, Metadata, Source};

use super::TABLE;

/// Something wrong with one key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    key: String,
    /// Where the value is from, if there is a value.
    source: Option<String>,
    /// What is wrong, and what to write instead.
    message: String,
}

impl Problem {
    pub(super) fn of_variable(variable: &str, message: &str) -> Self {
        Self {
            key: variable.to_owned(),
            source: None,
            message: message.to_owned(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.key)?;
        if let Some(source) = &self.source {
            write!(f, " ({source})")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// One table of the configuration.
pub(super) struct Reader<'f> {
    figment: &'f Figment,
    /// Where the table stands, such as `auth` or `auth.issuers[0]`.
    path: String,
    table: Dict,
    problems: Vec<Problem>,
}

impl<'f> Reader<'f> {
    pub(super) fn new(figment: &'f Figment, known: &[&str]) -> Self {
        let mut reader = Self::of(figment, TABLE.to_owned(), Dict::new());
        match figment.find_value(TABLE) {
            Ok(Value::Dict(_, table)) => reader.table = table,
            Ok(other) => reader.problem_of(
                reader.path.clone(),
                Some(&other),
                "it must be a table, such as `{issuer=\"…\",audience=\"…\"}`",
            ),
            Err(error) if error.missing() => {}
            Err(error) => reader.problem_of(TABLE.to_owned(), None, &error.to_string()),
        }
        reader.find_unknown(known, &[]);
        reader
    }

    fn of(figment: &'f Figment, path: String, table: Dict) -> Self {
        Self {
            figment,
            path,
            table,
            problems: Vec::new(),
        }
    }

    /// Notes that a key is wrong.
    pub(super) fn problem(&mut self, key: &str, message: &str) {
        let path = format!("{}.{key}", self.path);
        let value = self.table.get(key).cloned();
        self.problem_of(path, value.as_ref(), message);
    }

    fn problem_of(&mut self, key: String, value: Option<&Value>, message: &str) {
        let metadata = value.and_then(|value| self.figment.get_metadata(value.tag()));
        let source = metadata.map(described);
        self.problems.push(Problem {
            key,
            source,
            message: message.to_owned(),
        });
    }

    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Whether this says anything: `false` is what a flag is without its key.
    pub(super) fn wants(&self, key: &str) -> bool {
        self.has(key) && !matches!(self.table.get(key), Some(Value::Bool(_, false)))
    }

    /// A list of tables, each read by a reader of its own: what those find wrong is wrong here.
    pub(super) fn each_table<T>(
        &mut self,
        key: &str,
        known: &[&str],
        outer: &[&str],
        mut read: impl FnMut(&mut Self) -> Vec<T>,
    ) -> Vec<T> {
        let tables = match self.table.get(key) {
            Some(Value::Array(_, tables)) if !tables.is_empty() => tables.clone(),
            _ => Vec::new(),
        };
        let mut all = Vec::new();
        if tables.is_empty() {
            self.problem(
                key,
                &format!("it must be a list of tables: write `[[default.auth.{key}]]`"),
            );
        }
        for (index, table) in tables.into_iter().enumerate() {
            let path = format!("{}.{key}[{index}]", self.path);
            let Value::Dict(_, table) = table else {
                self.problem_of(path, Some(&table), "it must be a table");
                continue;
            };
            let mut reader = Reader::of(self.figment, path, table);
            reader.find_unknown(known, outer);
            all.extend(read(&mut reader));
            self.problems.append(&mut reader.problems);
        }
        all
    }

    pub(super) fn flag(&mut self, key: &str) -> bool {
        match self.table.get(key) {
            None => false,
            Some(Value::Bool(_, flag)) => *flag,
            Some(_) => {
                self.problem(key, "it must be `true` or `false`");
                false
            }
        }
    }

    /// One string or a list of them; none of them empty, and no empty list.
    pub(super) fn strings(&mut self, key: &str) -> Option<Vec<String>> {
        let strings = match self.table.get(key)? {
            Value::String(_, one) => Some(vec![one.clone()]),
            Value::Array(_, list) => list
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect(),
            _ => None,
        };
        match strings {
            Some(strings)
                if !strings.is_empty() && strings.iter().all(|one| !one.trim().is_empty()) =>
            {
                Some(strings)
            }
            _ => {
                self.problem(
                    key,
                    "it must be a string in quotes or a list of such strings, none empty",
                );
                None
            }
        }
    }

    pub(super) fn string(&mut self, key: &str) -> Option<String> {
        match self.table.get(key)? {
            Value::String(_, one) if !one.trim().is_empty() => Some(one.clone()),
            _ => {
                self.problem(key, "it must be a string in quotes, not empty");
                None
            }
        }
    }

    /// A time in seconds, fractions allowed.
    pub(super) fn seconds(&mut self, key: &str, default: u64) -> Duration {
        let Some(value) = self.table.get(key) else {
            return Duration::from_secs(default);
        };
        // A year is longer than any of these times can sensibly be, and far from overflows.
        let most = Duration::from_secs(365 * 24 * 60 * 60);
        let seconds = match value {
            Value::Num(_, number) => number
                .to_f64()
                .or_else(|| number.to_u128_lossy().map(to_f64)),
            _ => None,
        };
        match seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()) {
            Some(duration) if duration <= most => duration,
            _ => {
                self.problem(key, "it must be a number of seconds, from 0 to a year");
                Duration::from_secs(default)
            }
        }
    }

    /// A whole number out of a few.
    pub(super) fn choice(&mut self, key: &str, choices: &[u32], default: u32) -> u32 {
        let Some(value) = self.table.get(key) else {
            return default;
        };
        let chosen = value
            .to_num()
            .and_then(Num::to_u128_lossy)
            .and_then(|number| u32::try_from(number).ok());
        if let Some(number) = chosen.filter(|number| choices.contains(number)) {
            return number;
        }
        let choices: Vec<_> = choices.iter().map(u32::to_string).collect();
        self.problem(key, &format!("it must be {}", choices.join(" or ")));
        default
    }

    /// Keys that are known neither here nor in the table around this one.
    fn find_unknown(&mut self, known: &[&str], outer: &[&str]) {
        let unknown: Vec<String> = self
            .table
            .keys()
            .filter(|key| !known.contains(&key.as_str()))
            .cloned()
            .collect();
        for key in unknown {
            if outer.contains(&key.as_str()) {
                self.problem(
                    &key,
                    &format!("it is for all issuers: move it to the table `{TABLE}`"),
                );
                continue;
            }
            let nearest = known
                .iter()
                .map(|name| (strsim::damerau_levenshtein(name, &key), name))
                .min_by_key(|(distance, _)| *distance);
            let name = nearest.map_or("", |(_, name)| name);
            self.problem(
                &key,
                &format!("there is no such key: did you mean `{name}`?"),
            );
        }
    }
}

#[allow(clippy::cast_precision_loss)] // Compared with a year.
fn to_f64(number: u128) -> f64 {
    number as f64
}

fn described(metadata: &Metadata) -> String {
    match &metadata.source {
        Some(Source::File(path)) => {
            // The whole path says more about the machine than about the mistake.
            let name = path.file_name().unwrap_or(path.as_os_str());
            format!("from {}", name.to_string_lossy())
        }
        // Rocket's own provider names the prefix alone.
        None if metadata.name.starts_with("`ROCKET_`") => {
            "from the variable ROCKET_AUTH".to_owned()
        }
        _ => format!("from {}", metadata.name),
    }
}
