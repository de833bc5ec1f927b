//! The policies of a Rocket, compared with a committed file.

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

use rocket::{Phase, Rocket};

use super::strength::{Change, change};
use crate::routes::Policies;

const ACCEPT: &str = "ACCEPT_POLICIES";
const HEAD: &str = "\
# Who may call what. A test compares the routes with this file, so that a change shows in review.
# To accept a change: ACCEPT_POLICIES=1 cargo test
";

/// Compares the policies of this Rocket's routes with a file, which is to be committed. A change of
/// a policy, by an edit of a handler or of an attribute far from it, then shows in review.
///
/// With `ACCEPT_POLICIES=1` in the environment the file is written instead.
///
/// # Panics
/// If a route is new, gone, or has another policy than in the file: the message says for each
/// whether it got weaker or stricter, and how to accept the change.
#[track_caller]
#[allow(clippy::panic)]
pub fn assert_policies<P: Phase>(file: impl AsRef<Path>, rocket: &Rocket<P>) {
    let file = file.as_ref();
    let current = current(rocket);
    if env::var_os(ACCEPT).is_some_and(|accept| accept == "1") {
        if let Err(error) = fs::write(file, written(&current)) {
            panic!("{} cannot be written: {error}", file.display());
        }
        return;
    }
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => panic!(
            "{} cannot be read: {error}\n{}",
            file.display(),
            how_to_accept()
        ),
    };
    let differences = differences(&read(&text), &current);
    assert!(
        differences.is_empty(),
        "the policies differ from {}:\n{differences}{}",
        file.display(),
        how_to_accept()
    );
}

type Table = BTreeMap<String, String>;

fn current<P: Phase>(rocket: &Rocket<P>) -> Table {
    let mut table = Table::new();
    for route in Policies::of(rocket).iter() {
        let format = route
            .format()
            .map_or_else(String::new, |format| format!(" [{format}]"));
        let name = format!("{route}{format}");
        // Routes that differ by their rank alone.
        let mut unique = name.clone();
        for count in 2.. {
            if !table.contains_key(&unique) {
                break;
            }
            unique = format!("{name} #{count}");
        }
        table.insert(unique, route.policy_text());
    }
    table
}

fn written(table: &Table) -> String {
    let rows = table
        .iter()
        .map(|(route, policy)| format!("{route}: {policy}\n"));
    [HEAD.to_owned()].into_iter().chain(rows).collect()
}

fn read(text: &str) -> Table {
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('#'));
    let rows = lines.filter_map(|line| line.split_once(": "));
    rows.map(|(route, policy)| (route.to_owned(), policy.trim().to_owned()))
        .collect()
}

fn differences(old: &Table, new: &Table) -> String {
    let changed = new
        .iter()
        .filter_map(|(route, policy)| match old.get(route) {
            None => Some(format!("  new:      {route}: {policy}\n")),
            Some(before) if before == policy => None,
            Some(before) => {
                let change = match change(before, policy) {
                    Change::Weaker => "WEAKER:  ",
                    Change::Stricter => "stricter:",
                    Change::Equal => "reworded:",
                    Change::Different => "different:",
                };
                Some(format!("  {change} {route}: {before} → {policy}\n"))
            }
        });
    let gone = old.iter().filter(|(route, _)| !new.contains_key(*route));
    changed
        .chain(gone.map(|(route, policy)| format!("  gone:     {route}: {policy}\n")))
        .collect()
}

fn how_to_accept() -> String {
    format!("To accept this: {ACCEPT}=1 cargo test")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[(&str, &str)]) -> Table {
        rows.iter()
            .map(|(route, policy)| ((*route).to_owned(), (*policy).to_owned()))
            .collect()
    }

    #[test]
    fn a_table_is_read_as_it_was_written() {
        let table = table(&[
            ("GET /", "public"),
            (
                "POST /a: b/<c> [application/json]",
                r#"requires_claim("x: y" = 1)"#,
            ),
        ]);
        assert_eq!(read(&written(&table)).len(), 2);
        assert_eq!(
            read(&written(&table)).get("GET /").map(String::as_str),
            Some("public")
        );
    }

    #[test]
    fn each_change_is_named() {
        let old = table(&[
            ("GET /a", "requires_auth"),
            ("GET /b", "public"),
            ("GET /c", "public"),
        ]);
        let new = table(&[
            ("GET /a", "public"),
            ("GET /b", "requires_auth"),
            ("GET /d", "public"),
        ]);
        assert_eq!(
            differences(&old, &new),
            "  WEAKER:   GET /a: requires_auth → public\n  \
             stricter: GET /b: public → requires_auth\n  \
             new:      GET /d: public\n  \
             gone:     GET /c: public\n"
        );
    }
}
