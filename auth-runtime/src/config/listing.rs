//! Lists the configuration so that it can be shown: each value that is set, with its source and without
//! secrets.

use rocket::figment::Profile;
use rocket::figment::value::{Dict, Value};
use url::Url;

use super::TABLE;
use super::settings::GROUPS;
use super::table::Table;

const MASKED: &str = "(not shown)";

/// The values that are set, in managed state.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    pub(crate) profile: Profile,
    pub(crate) values: Vec<ListedValue>,
}

/// A value that is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListedValue {
    pub(crate) path: String,
    /// The value, unless it is a secret.
    pub(crate) shown: String,
    pub(crate) source: String,
}

impl Listing {
    /// Lists the values of the table `auth`.
    pub(crate) fn new(table: &Table) -> Self {
        let mut values = Vec::new();
        for key in table.keys() {
            let (Some(value), Some(source)) = (table.get(key), table.source(key)) else {
                continue;
            };
            list(&format!("{TABLE}.{key}"), key, value, &mut |path, shown| {
                values.push(ListedValue {
                    path,
                    shown,
                    source: source.to_string(),
                });
            });
        }
        Self {
            profile: table.profile().clone(),
            values,
        }
    }
}

/// Lists a value, and the values in tables within it.
fn list(path: &str, key: &str, value: &Value, add: &mut impl FnMut(String, String)) {
    match tables(value) {
        Some(tables) => {
            for (index, table) in tables.into_iter().enumerate() {
                for (key, value) in table {
                    list(&format!("{path}[{index}].{key}"), key, value, add);
                }
            }
        }
        None => add(path.to_owned(), shown(key, value)),
    }
}

fn tables(value: &Value) -> Option<Vec<&Dict>> {
    let Value::Array(_, list) = value else {
        return None;
    };
    let tables: Option<Vec<_>> = list.iter().map(Value::as_dict).collect();
    tables.filter(|tables| !tables.is_empty())
}

fn shown(key: &str, value: &Value) -> String {
    let mut rows = GROUPS.iter().copied().flatten();
    match rows.find(|row| row.name == key) {
        Some(row) if !row.is_secret => text(value),
        // What is not a key of ours may be a secret.
        _ => MASKED.to_owned(),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(_, text) => format!("{:?}", without_password(text)),
        Value::Array(_, list) => {
            let items: Vec<_> = list.iter().map(text_of_item).collect();
            format!("[{}]", items.join(", "))
        }
        other => text_of_item(other),
    }
}

fn text_of_item(value: &Value) -> String {
    match value {
        Value::String(_, text) => format!("{:?}", without_password(text)),
        Value::Bool(_, flag) => flag.to_string(),
        Value::Num(_, number) => match (number.to_i128(), number.to_f64()) {
            (Some(number), _) => number.to_string(),
            (None, Some(number)) => number.to_string(),
            (None, None) => MASKED.to_owned(),
        },
        _ => MASKED.to_owned(),
    }
}

/// Takes the password, and everything that may be one, out of a URL such as that of a store.
fn without_password(text: &str) -> String {
    if !text.contains('@') {
        return text.to_owned();
    }
    match without_user(text) {
        // A password with a `/`, `?` or `#` ends the authority, and an `@` is left behind it.
        Some(url) if !url.contains('@') => url,
        _ => MASKED.to_owned(),
    }
}

fn without_user(text: &str) -> Option<String> {
    let mut url = Url::parse(text).ok()?;
    // A URL without an authority, such as `mailto:`, cannot have a user.
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use rocket::figment::Figment;
    use rocket::figment::providers::{Format, Toml};

    use super::super::table::Table;
    use super::*;

    fn listing(toml: &str) -> Vec<(String, String)> {
        let figment = Figment::from(Toml::string(&format!("[auth]\n{toml}")));
        let Ok(table) = Table::from_figment(&figment) else {
            panic!("it is a table: {toml}");
        };
        let values = Listing::new(&table).values.into_iter();
        values.map(|value| (value.path, value.shown)).collect()
    }

    fn shown(toml: &str) -> String {
        listing(toml).pop().expect("a value is listed").1
    }

    #[test]
    fn values_are_shown_as_they_are_written() {
        assert_eq!(shown("issuer = 'https://a.test/'"), r#""https://a.test/""#);
        assert_eq!(shown("audience = ['a', 'b']"), r#"["a", "b"]"#);
        assert_eq!(shown("leeway = 5"), "5");
        assert_eq!(shown("leeway = 0.5"), "0.5");
        assert_eq!(shown("discovery = true"), "true");
    }

    #[test]
    fn tables_of_issuers_are_listed_key_by_key() {
        let listed =
            listing("issuers = [{ issuer = 'a', client_secret = 'hidden' }, { issuer = 'b' }]");
        let pair = |path: &str, shown: &str| (path.to_owned(), shown.to_owned());
        assert_eq!(
            listed,
            [
                pair("auth.issuers[0].client_secret", MASKED),
                pair("auth.issuers[0].issuer", "\"a\""),
                pair("auth.issuers[1].issuer", "\"b\""),
            ]
        );
    }

    #[test]
    fn secrets_are_not_shown() {
        for toml in [
            "secret = 'hidden'",
            "secret = ['hidden']",
            "secret_base64 = 'hidden'",
            "client_secret = 'hidden'",
            "dpop_nonce_key = 'hidden'",
            "store = 'redis://user:hidden@host/0'",
            "store = 'redis://:hidden@host/0'",
            "store = 'redis://hidden@host:x'",
            "store = 'redis://user:#hidden@host/0'",
            "store = 'redis://user:?hidden@host'",
            "store = 'redis://default:42#hidden@host/0'",
            "store = 'redis://user:1/hidden@host/0'",
            "store = 'redis://user:pass@host/#hidden@host'",
            "store = 'redis:hidden@host'",
            "jwks_uri = 'https://user:?hidden@host/'",
            "audience = ['https://user:#hidden@host/']",
            "isuer = 'hidden'",
            "issuers = { a = 'hidden' }",
        ] {
            assert!(!shown(toml).contains("hidden"), "{toml}: {}", shown(toml));
        }
        assert_eq!(
            shown("store = 'redis://user:hidden@host/0'"),
            r#""redis://host/0""#
        );
        assert_eq!(
            shown("store = 'redis://user:p%23ss@host/0'"),
            r#""redis://host/0""#
        );
    }

    #[test]
    fn a_key_that_may_hold_a_secret_is_marked() {
        let public = [
            "public_key",
            "client_key",
            "secret_until",
            "allow_weak_secret",
        ];
        for row in GROUPS.iter().copied().flatten() {
            let sounds_secret = ["secret", "key", "password"]
                .iter()
                .any(|word| row.name.contains(word));
            let expected = sounds_secret && !public.contains(&row.name);
            assert_eq!(row.is_secret, expected, "{}", row.name);
        }
    }
}
