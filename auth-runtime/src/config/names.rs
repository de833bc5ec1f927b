//! Reads names and addresses, which are compared or requested exactly as they are written.

use rocket::figment::value::Value;

use super::values::{text, texts};

/// Reads a name or an address. Characters that can only be in it by mistake are an error.
pub(super) fn name(value: &Value) -> Result<String, String> {
    let name = text(value)?;
    check(&name).map(|()| name)
}

/// Reads one name, or a list of them.
pub(super) fn names(value: &Value) -> Result<Vec<String>, String> {
    let names = texts(value)?;
    names.iter().try_for_each(|name| check(name))?;
    Ok(names)
}

/// Reads the accepted `iss`, one or a list.
pub(super) fn issuers(value: &Value) -> Result<Vec<String>, String> {
    let issuers = names(value)?;
    issuers.iter().try_for_each(|issuer| check_issuer(issuer))?;
    Ok(issuers)
}

/// Checks a name or an address.
///
/// # Errors
/// Fails if the text contains white space, quotes, control or invisible characters, or braces.
pub(super) fn check(text: &str) -> Result<(), String> {
    let Some(fault) = text.chars().find_map(fault) else {
        return Ok(());
    };
    let trimmed = text.trim_matches(|character| self::fault(character).is_some());
    let is_clean = !trimmed.is_empty() && trimmed.chars().all(|it| self::fault(it).is_none());
    let fix = match fault {
        Fault::Brace => "replace the placeholder with its value".to_owned(),
        // A URL may hold a password.
        _ if is_clean && !trimmed.contains('@') => format!("write `{trimmed}`"),
        _ => "remove it".to_owned(),
    };
    Err(format!("it contains {}: {fix}", fault.description()))
}

/// A character that cannot be part of a name.
#[derive(Clone, Copy)]
enum Fault {
    WhiteSpace,
    Quote,
    Control,
    Invisible,
    Brace,
}

impl Fault {
    fn description(self) -> &'static str {
        match self {
            Self::WhiteSpace => "white space",
            Self::Quote => "a quote, which `docker --env-file`, for example, does not remove",
            Self::Control => "a control character",
            Self::Invisible => "an invisible character",
            Self::Brace => "a brace",
        }
    }
}

fn fault(character: char) -> Option<Fault> {
    Some(match character {
        '"' | '\'' | '`' | '\u{2018}'..='\u{201F}' | '«' | '»' => Fault::Quote,
        '{' | '}' => Fault::Brace,
        '\u{AD}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2064}'
        | '\u{FEFF}' => Fault::Invisible,
        it if it.is_whitespace() => Fault::WhiteSpace,
        it if it.is_control() => Fault::Control,
        _ => return None,
    })
}

/// Refuses issuers that cannot be the `iss` of a token.
fn check_issuer(issuer: &str) -> Result<(), String> {
    let document = issuer.split_once("/.well-known/").map(|(before, _)| before);
    if let Some(before) = document.or_else(|| issuer.strip_suffix("/.well-known")) {
        return Err(format!(
            "`{issuer}` is the address of a document of the issuer: write the `issuer` that the \
             document has, such as `{before}/`, exactly as tokens have it in `iss`"
        ));
    }
    if names_any_tenant(issuer) {
        return Err(format!(
            "`{issuer}` does not name a tenant, and Entra ID's tokens do: write the ID of the tenant \
             in its place, as in `https://login.microsoftonline.com/TENANT_ID/v2.0`"
        ));
    }
    Ok(())
}

/// Returns whether this is one of Entra ID's addresses for all tenants, which no token has as its `iss`.
fn names_any_tenant(issuer: &str) -> bool {
    const HOSTS: [&str; 4] = [
        "login.microsoftonline.com",
        "login.microsoftonline.us",
        "login.partner.microsoftonline.cn",
        "sts.windows.net",
    ];
    const PLACEHOLDERS: [&str; 3] = ["common", "organizations", "consumers"];
    let mut parts = issuer.split('/').skip(2);
    let (host, tenant) = (parts.next(), parts.next());
    let is_one_of = |text: Option<&str>, list: &[&str]| {
        text.is_some_and(|text| list.iter().any(|it| it.eq_ignore_ascii_case(text)))
    };
    is_one_of(host, &HOSTS) && is_one_of(tenant, &PLACEHOLDERS)
}

#[cfg(test)]
mod tests {
    use super::super::test_config::{BOTH, expect, expect_beside, read};

    #[test]
    fn a_name_with_characters_of_a_mistake_is_refused_with_what_to_write() {
        for (audience, fault) in [
            (" api", "white space: write `api`"),
            ("api\\t", "white space: write `api`"),
            ("api\\n", "white space: write `api`"),
            ("a pi", "white space: remove it"),
            ("a\\u00A0pi", "white space: remove it"),
            ("a\\u0007pi", "a control character: remove it"),
            ("api\\u200B", "an invisible character: write `api`"),
            ("\\uFEFFapi", "an invisible character: write `api`"),
            (
                "{audience}",
                "a brace: replace the placeholder with its value",
            ),
            (
                "https://api/{tenant}",
                "a brace: replace the placeholder with its value",
            ),
            (
                "'api'",
                "a quote, which `docker --env-file`, for example, does not remove: write `api`",
            ),
            (
                "\\\"api\\\"",
                "a quote, which `docker --env-file`, for example, does not remove: write `api`",
            ),
        ] {
            let message = format!("(from Rocket.toml): it contains {fault}");
            expect(
                &format!("issuer = 'https://a.invalid/'\naudience = \"{audience}\""),
                &format!("`auth.audience` {message}"),
            );
            expect(
                &format!("issuer = 'x'\njwks_uri = \"{audience}\"\naudience = 'api'"),
                &format!("`auth.jwks_uri` {message}"),
            );
            let problems = read(&format!("issuer = [\"{audience}\"]\naudience = 'api'"));
            assert_eq!(problems.unwrap_err(), [format!("`auth.issuer` {message}")]);
        }
    }

    #[test]
    fn what_a_message_quotes_is_never_a_password() {
        let problems = read(&format!("{BOTH}jwks_uri = ' https://u:hush@a.invalid/'"));
        let problems = problems.unwrap_err();
        assert!(!problems[0].contains("hush"), "{problems:?}");
    }

    #[test]
    fn an_issuer_is_not_the_address_of_its_documents() {
        for document in ["/openid-configuration", "/jwks.json", "/", ""] {
            expect(
                &format!("issuer = 'https://a.invalid/x/.well-known{document}'\naudience = 'api'"),
                &format!(
                    "`auth.issuer` (from Rocket.toml): `https://a.invalid/x/.well-known{document}` \
                     is the address of a document of the issuer: write the `issuer` that the \
                     document has, such as `https://a.invalid/x/`, exactly as tokens have it in `iss`"
                ),
            );
        }
    }

    #[test]
    fn every_name_and_address_is_checked() {
        let keys = [
            "introspection_endpoint",
            "public_url",
            "store",
            "revocation = true\nbackchannel_logout",
            "revocation = true\nsecurity_events",
        ];
        for key in keys {
            let name = key.split('\n').next_back().unwrap();
            let address = if name == "store" {
                "redis://h:1/"
            } else {
                "https://h/"
            };
            for fault in [" ", "\\t", "'", "{x}", "\\u200B"] {
                let problems = read(&format!("{BOTH}{key} = \"{address}{fault}\""));
                let problems = problems.unwrap_err();
                let found = problems.iter().any(|problem| {
                    problem.starts_with(&format!("`auth.{name}` (from Rocket.toml): it contains "))
                });
                assert!(found, "{key} with {fault:?}: {problems:?}");
            }
        }
    }

    #[test]
    fn an_issuer_in_entra_names_a_tenant() {
        for issuer in [
            "https://login.microsoftonline.com/common/v2.0",
            "https://login.microsoftonline.com/organizations/v2.0",
            "https://LOGIN.microsoftonline.com/Consumers/v2.0",
            "https://sts.windows.net/common/",
        ] {
            let problems = read(&format!("issuer = '{issuer}'\naudience = 'api'")).unwrap_err();
            assert_eq!(problems.len(), 1);
            assert!(
                problems[0].contains("does not name a tenant"),
                "{problems:?}"
            );
        }
        for issuer in [
            "https://login.microsoftonline.com/7f1c/v2.0",
            "https://a.invalid/common/v2.0",
            "https://login.microsoftonline.com/commons/v2.0",
        ] {
            assert!(read(&format!("issuer = '{issuer}'\naudience = 'api'")).is_ok());
        }
        // The keys of all tenants are at such an address.
        let keys = "https://login.microsoftonline.com/common/discovery/v2.0/keys";
        assert!(read(&format!("{BOTH}jwks_uri = '{keys}'")).is_ok());
    }

    #[test]
    fn other_characters_are_part_of_names() {
        for audience in [
            "urn:example:api",
            "api://x/.default",
            "a,b;c",
            "ä",
            "<x>",
            "%7B",
            "a+b~",
        ] {
            let keys = format!("issuer = 'https://a.invalid/'\naudience = '{audience}'");
            assert!(read(&keys).is_ok(), "{audience}");
        }
        expect_beside(
            "jwks_uri = 'https://a.invalid/{x}'",
            "`auth.jwks_uri` (from Rocket.toml): it contains a brace: replace the placeholder \
             with its value",
        );
    }
}
