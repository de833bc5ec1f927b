use std::collections::BTreeSet;

use super::super::key::Row;
use super::super::test_config::{BOTH, expect_beside, read};
use super::super::{Enforcement, MalformedStatus, UndeclaredRoutes};
use super::*;

fn rows() -> impl Iterator<Item = &'static Row> {
    GROUPS.iter().copied().flatten().copied()
}

#[test]
fn the_defaults_are_those_of_the_contract() {
    let settings = read(BOTH).unwrap();
    let times = settings.times;
    let seconds = [
        times.ttl,
        times.cooldown,
        times.timeout,
        times.max_stale,
        settings.tokens.leeway,
    ];
    assert_eq!(seconds.map(|time| time.as_secs()), [600, 5, 5, 86400, 0]);
    assert_eq!(settings.tokens.token_type, None);
    assert_eq!(settings.tokens.cache_bytes, 16 * 1024 * 1024);
    let names = settings.tokens.claim_names;
    assert_eq!(names.scopes, ["scope", "scp"]);
    assert_eq!(
        (&*names.permissions, &*names.roles),
        ("permissions", "roles")
    );
    let replies = settings.replies;
    assert_eq!(replies.malformed_status, MalformedStatus::Unauthorized);
    assert_eq!(replies.enforcement, Enforcement::Full);
    assert_eq!(replies.undeclared_routes, UndeclaredRoutes::Deny);
}

#[test]
fn a_key_has_one_row() {
    let mut names = BTreeSet::new();
    for row in rows() {
        assert!(names.insert(row.name), "{} has two rows", row.name);
    }
}

/// Compares the rows of the tables in docs/configuration.md with those of the table of keys, word by
/// word.
#[test]
fn the_documentation_lists_every_key_with_its_meaning_and_default() {
    let text = include_str!("../../../docs/configuration.md");
    let documented: BTreeSet<_> = text
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let shadow = shadow::CANDIDATE_GROUPS.iter().copied().flatten().copied();
    let expected: BTreeSet<_> = rows().chain(shadow).map(Row::documentation).collect();
    let expected: BTreeSet<_> = expected.iter().map(String::as_str).collect();
    let missing: Vec<_> = expected.difference(&documented).copied().collect();
    let surplus: Vec<_> = documented.difference(&expected).copied().collect();
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "docs/configuration.md needs these rows:\n{}\nand not these:\n{}",
        missing.join("\n"),
        surplus.join("\n")
    );
}

#[test]
fn an_unknown_key_is_reported_with_the_nearest_known_one() {
    for (wrong, right) in [
        ("isuer", "issuer"),
        ("iss", "issuer"),
        ("Issuer", "issuer"),
        ("ISSUER", "issuer"),
        ("issuer_url", "issuer"),
        ("domain", "issuer"),
        ("authority", "issuer"),
        ("clock_skew", "leeway"),
        ("clockTolerance", "leeway"),
        ("aud", "audience"),
        ("AUDIENCE", "audience"),
        ("audiences", "audience"),
        ("jwks", "jwks_uri"),
        ("jwks_url", "jwks_uri"),
        ("jwks-uri", "jwks_uri"),
        ("jwksUri", "jwks_uri"),
        ("timeout", "jwks_timeout"),
        ("cache_ttl", "jwks_cache_ttl"),
        ("alg", "algorithms"),
        ("algs", "algorithms"),
        ("algorithm", "algorithms"),
        ("ca_cert", "ca_certificate"),
        ("scopes", "scope_claims"),
        ("roles", "roles_claim"),
        ("role_claim", "roles_claim"),
        ("permissions", "permissions_claim"),
        ("undeclared", "undeclared_routes"),
        ("sercet", "secret"),
        ("clientsecret", "client_secret"),
        ("leway", "leeway"),
    ] {
        expect_beside(
            &format!("{wrong} = 1"),
            &format!(
                "`auth.{wrong}` (from Rocket.toml): there is no such key: did you mean `{right}`?"
            ),
        );
    }
}

#[test]
fn all_problems_are_reported_together() {
    let problems = read("audience = 5\nleeway = 'x'\nfoo = 1").unwrap_err();
    let keys: Vec<_> = problems
        .iter()
        .filter_map(|problem| problem.split('`').nth(1))
        .collect();
    assert_eq!(
        keys,
        ["auth.foo", "auth.issuer", "auth.audience", "auth.leeway"]
    );
}

/// Reads each configuration in docs/configuration.md.
#[test]
fn the_examples_of_the_documentation_work() {
    let text = include_str!("../../../docs/configuration.md");
    let examples: Vec<_> = text.split("```toml\n[default.auth]\n").skip(1).collect();
    assert!(examples.len() > 5);
    for example in examples {
        let example = example.split("```").next().unwrap();
        let problems = read(example).err().unwrap_or_default();
        // The files do not exist here.
        let absent = ["cannot be read: ", "does not exist: "];
        let others = problems
            .iter()
            .filter(|problem| !absent.iter().any(|absent| problem.contains(absent)));
        assert_eq!(others.count(), 0, "{example}{problems:?}");
    }
}
