//! Finds tables and variables that look like ours, but are not read.

use std::collections::BTreeSet;

use rocket::figment::value::{Dict, Map, Value};
use rocket::figment::{Figment, Profile, Provider};

use super::TABLE;
use super::problem::Problem;
use super::settings::key_names;
use super::source::Source;

/// Keys that only a table of ours has.
const DISTINCTIVE: [&str; 5] = ["audience", "issuer", "issuers", "jwks_file", "jwks_uri"];

/// Finds tables in Rocket's configuration, and variables among these names, that were meant for us
/// but are not read.
pub(super) fn find(figment: &Figment, variables: impl Iterator<Item = String>) -> Vec<Problem> {
    let data = figment.data().unwrap_or_default();
    let mut problems = Vec::new();
    problems.extend(table_outside_of_profiles(figment, &data));
    problems.extend(misnamed_tables(figment, &data));
    problems.extend(variables.filter_map(|name| misnamed_variable(&name)));
    problems
}

/// Reports `[auth]` in Rocket.toml, which Rocket treats as a profile.
fn table_outside_of_profiles(figment: &Figment, data: &Map<Profile, Dict>) -> Option<Problem> {
    let profile = Profile::new(TABLE);
    if *figment.profile() == profile {
        return None;
    }
    let values = data.get(&profile)?;
    let source = values
        .values()
        .next()
        .and_then(|value| source(figment, value));
    Some(Problem::new(
        format!("[{TABLE}]"),
        source,
        format!("Rocket takes it for a profile, and does not read it: write `[default.{TABLE}]`"),
    ))
}

/// Reports tables such as `[default.oauth]` that have our keys.
fn misnamed_tables(figment: &Figment, data: &Map<Profile, Dict>) -> Vec<Problem> {
    let read = [Profile::Default, figment.profile().clone(), Profile::Global];
    // The profile may be the default one.
    let read = BTreeSet::from(read);
    let tables = read
        .iter()
        .filter_map(|profile| Some((profile, data.get(profile)?)));
    let tables = tables.flat_map(|(profile, tables)| {
        let tables = tables
            .iter()
            .filter(|(name, value)| is_misnamed(name, value));
        tables.map(move |(name, value)| (profile, name, value))
    });
    let problem = |(profile, name, value): (&Profile, &String, &Value)| {
        let inner = value.as_dict().and_then(|table| table.values().next());
        match inner.and_then(|value| source(figment, value)) {
            Some(Source::RocketAuth) => Problem::new(
                format!("ROCKET_{}", name.to_uppercase()),
                None,
                "the variable has our keys, but it is not read: rename it to `ROCKET_AUTH`",
            ),
            source => Problem::new(
                format!("{profile}.{name}"),
                source,
                format!(
                    "the table has our keys, but it is not read: rename it to `[{profile}.{TABLE}]`"
                ),
            ),
        }
    };
    tables.map(problem).collect()
}

/// Returns whether a table has a name like ours and keys of ours.
fn is_misnamed(name: &str, value: &Value) -> bool {
    let Some(table) = value.as_dict() else {
        return false;
    };
    let lower = name.to_lowercase();
    if name == TABLE {
        false
    } else if strsim::damerau_levenshtein(&lower, TABLE) <= 1 {
        key_names().any(|key| table.contains_key(key))
    } else {
        lower.contains(TABLE) && DISTINCTIVE.iter().any(|key| table.contains_key(*key))
    }
}

/// Reports a variable such as `ROCKET_AUTH_ISSUER`.
fn misnamed_variable(name: &str) -> Option<Problem> {
    let upper = name.to_uppercase();
    let rest = upper.strip_prefix("ROCKET_AUTH")?;
    if !rest.starts_with(['_', '.']) {
        return None;
    }
    let rest = rest.trim_start_matches(['_', '.']).to_lowercase();
    let key = key_names()
        .map(|key| (strsim::damerau_levenshtein(key, &rest), key))
        .min()
        .filter(|(distance, _)| *distance <= 1)
        .map(|(_, key)| key)?;
    Some(unread_variable(name, key))
}

/// Returns the tables of other profiles, such as `debug.auth`, with their sources.
pub(super) fn other_profiles(figment: &Figment) -> Vec<(String, Option<Source>)> {
    let data = figment.data().unwrap_or_default();
    let read = [&Profile::Default, figment.profile(), &Profile::Global];
    let others = data.iter().filter(|(profile, _)| !read.contains(profile));
    let tables = others.filter_map(|(profile, tables)| {
        let table = tables.get(TABLE)?;
        Some((format!("{profile}.{TABLE}"), source(figment, table)))
    });
    tables.collect()
}

/// Returns a problem for each key of ours that is beside the table `auth` and not in it, such as `issuer`
/// in `[default]`, or the variable `ROCKET_ISSUER`.
pub(super) fn beside_the_table(figment: &Figment) -> Vec<Problem> {
    let data = figment.data().unwrap_or_default();
    let read = BTreeSet::from([Profile::Default, figment.profile().clone(), Profile::Global]);
    let values = read
        .iter()
        .filter_map(|profile| Some((profile, data.get(profile)?)))
        .flat_map(|(profile, values)| {
            values
                .iter()
                .map(move |(name, value)| (profile, name, value))
        });
    let ours = values.filter(|(_, name, _)| DISTINCTIVE.contains(&name.as_str()));
    let problem = |(profile, name, value): (&Profile, &String, &Value)| match source(figment, value)
    {
        Some(Source::RocketAuth) => {
            unread_variable(&format!("ROCKET_{}", name.to_uppercase()), name)
        }
        source => Problem::new(
            format!("{profile}.{name}"),
            source,
            format!("it is not read: move it into the table `[{profile}.{TABLE}]`"),
        ),
    };
    ours.map(problem).collect()
}

/// Reports a variable that sets one key. Rocket reads tables only as a whole.
fn unread_variable(name: &str, key: &str) -> Problem {
    Problem::new(
        name,
        None,
        format!("it is not read: write `ROCKET_AUTH='{{{key}=…}}'`, with all keys in one table"),
    )
}

fn source(figment: &Figment, value: &Value) -> Option<Source> {
    figment.get_metadata(value.tag()).map(Source::from_metadata)
}

#[cfg(test)]
mod tests;
