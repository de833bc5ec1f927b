//! Combines the sources of the configuration, key by key. The strongest is code, followed by
//! `ROCKET_AUTH`, `AUTH0_*` in the environment, Rocket.toml, and `.env`.

use std::env::{self, VarError};

use rocket::figment::value::Value;
use rocket::figment::{Figment, Profile};

use super::code::CodeValues;
use super::dotenv::DotEnv;
use super::lookalikes;
use super::problem::Problem;
use super::source::Source;
use super::table::Table;
use super::tutorial::{self, Variables};
use super::{DEBUG, TABLE};

/// Returns the table `auth` of Rocket's configuration, completed by the other sources.
///
/// # Errors
/// Fails if it is not a table, if another source is invalid, if a key is set twice in code, or if a
/// table or variable that looks like ours is not read.
pub(crate) fn load(figment: &Figment, in_code: CodeValues) -> Result<Table, Vec<Problem>> {
    let mut table = Table::from_figment(figment).map_err(|problem| vec![problem])?;
    table.set_all(in_code.into_values()?, &Source::Builder);
    let names = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let mut problems = lookalikes::find(figment, names);
    problems.extend(set_from_environment(&mut table));
    problems.extend(set_from_dotenv(&mut table, figment));
    problems.extend(set_elsewhere(&table, figment));
    if problems.is_empty() {
        Ok(table)
    } else {
        Err(problems)
    }
}

fn set_from_environment(table: &mut Table) -> Vec<Problem> {
    let lookup = |name: &str| match env::var(name) {
        Ok(text) => Some(Ok(text)),
        Err(VarError::NotPresent) => None,
        Err(VarError::NotUnicode(_)) => Some(Err("it is not Unicode: correct it".to_owned())),
    };
    let mut problems = Vec::new();
    for variables in [&tutorial::ISSUER, &tutorial::AUDIENCE] {
        let mut keys = variables.overridden_by.iter();
        if keys.any(|key| {
            table
                .source(key)
                .is_some_and(|source| !source.is_weaker_than_variables())
        }) {
            continue;
        }
        let Some(found) = variables.find(lookup) else {
            continue;
        };
        match found.value {
            Ok(value) => table.set(
                variables.key,
                value.into(),
                Source::Variable(found.variable),
            ),
            Err(message) => problems.push(Problem::new(found.variable, None, message)),
        }
    }
    problems
}

/// Sets the issuer and the audience from `.env`, if they are not set anywhere else.
fn set_from_dotenv(table: &mut Table, figment: &Figment) -> Vec<Problem> {
    let missing = |variables: &&Variables| !is_set(table, variables.key);
    let missing: Vec<_> = [&tutorial::ISSUER, &tutorial::AUDIENCE]
        .into_iter()
        .filter(missing)
        .collect();
    let names: Vec<_> = missing
        .iter()
        .flat_map(|variables| variables.names)
        .copied()
        .collect();
    if names.is_empty() {
        return Vec::new();
    }
    let file = match DotEnv::read(figment, &names) {
        Ok(Some(file)) => file,
        Ok(None) => return Vec::new(),
        Err((path, message)) => {
            return vec![Problem::new(path.display().to_string(), None, message)];
        }
    };
    let mut problems = Vec::new();
    for variables in missing {
        let Some(found) = variables.find(|name| file.get(name)) else {
            continue;
        };
        let source = Source::DotEnv {
            path: file.path.clone(),
            variable: found.variable,
        };
        match found.value {
            Ok(value) => {
                announce(figment, variables.key, &source);
                table.set(variables.key, value.into(), source);
            }
            Err(message) => {
                problems.push(Problem::new(found.variable, Some(source), message));
            }
        }
    }
    problems
}

fn is_set(table: &Table, key: &str) -> bool {
    // The tables of `issuers` may set it as well.
    let in_issuers = || match table.get("issuers") {
        Some(Value::Array(_, tables)) => tables
            .iter()
            .all(|table| table.as_dict().is_some_and(|table| table.contains_key(key))),
        _ => false,
    };
    table.get(key).is_some() || in_issuers()
}

/// Names the file in the log, because outside of development it may be there by mistake.
fn announce(figment: &Figment, key: &str, source: &Source) {
    if *figment.profile() == DEBUG {
        log::info!("`{TABLE}.{key}` comes from {source}");
    } else {
        log::warn!("`{TABLE}.{key}` comes from {source}");
    }
}

/// Reports what was meant to set the issuer, but is not read, if this profile has neither an issuer nor a
/// secret: tables of other profiles, keys beside the table `auth`, and `ROCKET_AUTH` in `.env`. In
/// development, where a local issuer may start, they are only mentioned in the log.
fn set_elsewhere(table: &Table, figment: &Figment) -> Vec<Problem> {
    let decisive = ["issuer", "issuers", "secret", "secret_base64"];
    if decisive.iter().any(|key| table.get(key).is_some()) {
        return Vec::new();
    }
    let profile: &Profile = figment.profile();
    let problem = |(path, source)| {
        let message = format!(
            "the profile is `{profile}`, and nothing says whose tokens it accepts: move this table to \
             `[default.{TABLE}]` or `[{profile}.{TABLE}]`, or set ROCKET_PROFILE"
        );
        Problem::new(path, source, message)
    };
    let problems = lookalikes::other_profiles(figment).into_iter().map(problem);
    let problems = problems
        .chain(lookalikes::beside_the_table(figment))
        .chain(unread_table_in_dotenv(figment));
    if *profile == DEBUG {
        problems.for_each(|problem| log::warn!("{problem}"));
        return Vec::new();
    }
    problems.collect()
}

/// Reports the variable `ROCKET_AUTH` in `.env`, from which only the tutorials' variables are read.
fn unread_table_in_dotenv(figment: &Figment) -> Option<Problem> {
    const VARIABLE: &str = "ROCKET_AUTH";
    // If the file cannot be trusted or read, that has already been reported.
    let file = DotEnv::read(figment, &[VARIABLE]).ok()??;
    let _ = file.get(VARIABLE)?;
    let source = Source::DotEnv {
        path: file.path,
        variable: VARIABLE,
    };
    let message = "it is not read from this file: set it in the environment, or write AUTH0_DOMAIN and \
                   API_IDENTIFIER here";
    Some(Problem::new(VARIABLE, Some(source), message))
}

#[cfg(test)]
mod tests;
