//! The policies of a Rocket, compared with a committed file.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use rocket::{Phase, Rocket};

use super::strength::{Change, change};
use crate::policies::Policies;

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
        let same = (1..).map(|count| match count {
            1 => name.clone(),
            _ => format!("{name} #{count}"),
        });
        for name in same {
            if !table.contains_key(&name) {
                table.insert(name, route.policy_text());
                break;
            }
        }
    }
    table
}

fn written(table: &Table) -> String {
    let mut text = HEAD.to_owned();
    for (route, policy) in table {
        text.push_str(&format!("{route}: {policy}\n"));
    }
    text
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
    let mut told = String::new();
    for (route, policy) in new {
        match old.get(route) {
            None => drop(writeln!(told, "  new:      {route}: {policy}")),
            Some(before) if before == policy => {}
            Some(before) => {
                let change = match change(before, policy) {
                    Change::Weaker => "WEAKER:  ",
                    Change::Stricter => "stricter:",
                    Change::Equal => "reworded:",
                    Change::Different => "different:",
                };
                drop(writeln!(told, "  {change} {route}: {before} → {policy}"));
            }
        }
    }
    for (route, policy) in old.iter().filter(|(route, _)| !new.contains_key(*route)) {
        drop(writeln!(told, "  gone:     {route}: {policy}"));
    }
    told
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
