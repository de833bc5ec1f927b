//! Tests that the tables of the documentation match the code.

use auth_runtime::{Auth, AuthError, AuthErrorKind};
use rocket::figment::Figment;
use rocket::figment::providers::{Format, Toml};

const ERRORS: &str = include_str!("../../../docs/errors.md");
const CONFIGURATION: &str = include_str!("../../../docs/configuration.md");

/// Returns the cells of all tables of a page whose columns have these names, row by row.
fn rows(page: &str, columns: &str) -> Vec<Vec<String>> {
    let head = format!("\n{columns}\n");
    let tables = page.split(&head).skip(1);
    let rows = tables.flat_map(|table| {
        let lines = table.lines().take_while(|line| line.starts_with('|'));
        // The line below the names.
        lines.skip(1)
    });
    rows.map(|row| {
        let cells = row.trim_matches('|').split(" | ");
        cells.map(|cell| cell.trim().to_owned()).collect()
    })
    .collect()
}

fn replies() -> Vec<Vec<String>> {
    rows(
        ERRORS,
        "| case | status | `code` | `description` | challenge |",
    )
}

fn configuration() -> Vec<Vec<String>> {
    rows(CONFIGURATION, "| key | meaning | default |")
}

/// Returns the text between the first two backticks.
fn code(cell: &str) -> Option<&str> {
    cell.split('`').nth(1)
}

#[test]
fn the_documented_replies_are_those_in_the_code() {
    // The chapter describes 404 and 500 in words: a 404 looks like every other one, and a 500 is a
    // mistake of the application.
    let kinds: Vec<AuthErrorKind> = AuthErrorKind::ALL
        .iter()
        .copied()
        .filter(|kind| !matches!(AuthError::from(*kind).status().code, 404 | 500))
        .collect();
    let rows = replies();
    assert_eq!(rows.len(), kinds.len());
    for (row, kind) in rows.iter().zip(kinds) {
        let [case, status, reply, description, challenge] = &row[..] else {
            panic!("a row of five: {row:?}");
        };
        let error = AuthError::from(kind);
        assert_eq!(status[..3], error.status().code.to_string(), "{case}");
        assert_eq!(code(reply), Some(error.code()), "{case}");
        let written = description.trim_end_matches(", expected: AUDIENCE");
        assert_eq!(written, error.description(), "{case}");
        let written = code(challenge).map(|challenge| challenge.trim_end_matches(", scope=\"…\""));
        assert_eq!(written, error.challenge().as_deref(), "{case}");
        assert_eq!(
            status.contains("Retry-After"),
            error.retry_after().is_some(),
            "{case}"
        );
        let is_configurable = matches!(
            kind,
            AuthErrorKind::InvalidToken | AuthErrorKind::InvalidSignature
        );
        assert_eq!(
            status.contains("malformed_token_status"),
            is_configurable,
            "{case}"
        );
    }
}

#[rocket::async_test]
async fn every_documented_default_is_accepted() {
    let mut lines = vec![
        "[default.auth]".to_owned(),
        "issuer = 'http://127.0.0.1:1/'".to_owned(),
        "audience = 'https://api.test'".to_owned(),
    ];
    for row in configuration() {
        // These defaults are written as in Rocket.toml. The others are described in words.
        if let (Some(key), Some(default)) = (code(&row[0]), row[2].strip_prefix('`')) {
            lines.push(format!("{key} = {}", default.trim_end_matches('`')));
        }
    }
    assert!(lines.len() > 3, "{lines:?}");
    let figment = Figment::from(rocket::Config::debug_default())
        .merge(Toml::string(&lines.join("\n")).nested())
        .merge(("log_level", "off"));
    let rocket = rocket::custom(figment).attach(Auth::fairing());
    if let Err(error) = rocket.ignite().await {
        panic!("{error}: {lines:?}");
    }
}
