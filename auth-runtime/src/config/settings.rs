//! The checked configuration: what cannot work has no value here.

use std::time::Duration;

use rocket::data::ByteUnit;
use rocket::figment::Figment;

use super::issuers::{self, IssuerSettings};
use super::reader::{Problem, Reader};
use super::secrets;
use crate::jwks::Times;
use crate::token::ClaimNames;

/// The keys that stand beside those of an issuer.
pub(super) const KEYS: &[&str] = &[
    "allow_weak_secret",
    "issuers",
    "jwks_cache_ttl",
    "jwks_cooldown",
    "jwks_max_stale",
    "jwks_timeout",
    "leeway",
    "malformed_token_status",
    "permissions_claim",
    "report_only",
    "roles_claim",
    "scope_claims",
    "secret",
    "secret_base64",
    "token_cache",
    "token_type",
    "undeclared_routes",
];

/// A configuration that can work.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools)] // Each is a key of the configuration.
pub(crate) struct Settings {
    pub(crate) issuers: Vec<IssuerSettings>,
    /// Whether tokens are signed with a shared secret, and the replies those of that mode.
    pub(crate) shared_secret: bool,
    pub(crate) leeway: Duration,
    pub(crate) times: Times,
    pub(crate) claim_names: ClaimNames,
    /// How many bytes the memory of verified tokens may take.
    pub(crate) token_cache: u64,
    /// Whether tokens must follow RFC 9068.
    pub(crate) at_jwt: bool,
    /// Whether requirements are logged and counted where they are not met, and the request passes.
    pub(crate) report_only: bool,
    pub(crate) undeclared_routes: UndeclaredRoutes,
    /// Whether a malformed token is answered with 400 rather than 401.
    pub(crate) malformed_is_bad_request: bool,
}

/// What happens to routes that were not mounted by our `routes!`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UndeclaredRoutes {
    Allow,
    Warn,
    Deny,
}

impl Settings {
    /// # Errors
    /// Everything that is wrong, each problem naming its key and the fix.
    pub(crate) fn read(figment: &Figment) -> Result<Self, Vec<Problem>> {
        let known = [issuers::KEYS, KEYS].concat();
        let mut reader = Reader::new(figment, &known);
        let shared_secret = secrets::is_wanted(&reader);
        let allow_weak_secret = reader.flag("allow_weak_secret");
        if allow_weak_secret && !shared_secret {
            reader.problem(
                "allow_weak_secret",
                "there is no secret that it could allow: remove it",
            );
        }
        let settings = Self {
            issuers: if shared_secret {
                secrets::read(&mut reader, allow_weak_secret)
                    .into_iter()
                    .collect()
            } else {
                issuers::read(&mut reader)
            },
            shared_secret,
            leeway: reader.seconds("leeway", 0),
            times: times(&mut reader),
            claim_names: claim_names(&mut reader),
            token_cache: reader.bytes("token_cache", ByteUnit::Mebibyte(16)),
            at_jwt: at_jwt(&mut reader),
            report_only: reader.flag("report_only"),
            undeclared_routes: undeclared_routes(&mut reader),
            malformed_is_bad_request: reader.choice("malformed_token_status", &[400, 401], 401)
                == 400,
        };
        let problems = reader.into_problems();
        if problems.is_empty() {
            Ok(settings)
        } else {
            Err(problems)
        }
    }
}

fn times(reader: &mut Reader<'_>) -> Times {
    let times = Times {
        ttl: reader.seconds("jwks_cache_ttl", 600),
        cooldown: reader.seconds("jwks_cooldown", 30),
        timeout: reader.seconds("jwks_timeout", 5),
        max_stale: reader.seconds("jwks_max_stale", 86400),
    };
    for (key, time) in [
        ("jwks_cache_ttl", times.ttl),
        ("jwks_timeout", times.timeout),
    ] {
        if time.is_zero() {
            reader.problem(key, "it must be more than 0 seconds");
        }
    }
    times
}

fn claim_names(reader: &mut Reader<'_>) -> ClaimNames {
    let default = ClaimNames::default();
    ClaimNames {
        scopes: reader.strings("scope_claims").unwrap_or(default.scopes),
        permissions: reader
            .string("permissions_claim")
            .unwrap_or(default.permissions),
        roles: reader.string("roles_claim").unwrap_or(default.roles),
    }
}

fn undeclared_routes(reader: &mut Reader<'_>) -> UndeclaredRoutes {
    match reader.string("undeclared_routes").as_deref() {
        None | Some("warn") => UndeclaredRoutes::Warn,
        Some("allow") => UndeclaredRoutes::Allow,
        Some("deny") => UndeclaredRoutes::Deny,
        Some(_) => {
            reader.problem(
                "undeclared_routes",
                "it must be \"allow\", \"warn\" or \"deny\"",
            );
            UndeclaredRoutes::Deny
        }
    }
}

/// RFC 9068 §4: a resource server that wants such tokens alone rejects every other `typ`.
fn at_jwt(reader: &mut Reader<'_>) -> bool {
    match reader.string("token_type") {
        None => false,
        Some(name) if name == "at+jwt" => true,
        Some(_) => {
            reader.problem(
                "token_type",
                "`at+jwt` is the only type that can be required (RFC 9068): write it, or leave \
                 the key out to accept `JWT`, `at+jwt` and tokens without a type",
            );
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::KeySettings;
    use super::super::test_config::{BOTH, expect_beside, read};
    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_documentation() {
        let settings = read(BOTH).unwrap();
        let times = settings.times;
        let seconds = [
            times.ttl,
            times.cooldown,
            times.timeout,
            times.max_stale,
            settings.leeway,
        ];
        assert_eq!(seconds.map(|time| time.as_secs()), [600, 30, 5, 86400, 0]);
        assert!(!settings.shared_secret && !settings.at_jwt && !settings.malformed_is_bad_request);
        let names = settings.claim_names;
        assert_eq!(names.scopes, ["scope", "scp"]);
        assert_eq!(
            (&*names.permissions, &*names.roles),
            ("permissions", "roles")
        );
    }

    #[test]
    fn times_are_seconds_with_fractions_or_without() {
        for (value, millis) in [
            ("5", 5000),
            ("0.25", 250),
            ("0", 0),
            ("31536000", 31_536_000_000),
        ] {
            let settings = read(&format!("{BOTH}leeway = {value}")).unwrap();
            assert_eq!(settings.leeway.as_millis(), millis, "{value}");
        }
        for value in [
            "-1", "-0.5", "nan", "inf", "'5'", "true", "[5]", "31536001", "1e300",
        ] {
            expect_beside(
                &format!("leeway = {value}"),
                "`auth.leeway` (from Rocket.toml): it must be a number of seconds, from 0 to a year",
            );
        }
        for key in ["jwks_cache_ttl", "jwks_timeout"] {
            expect_beside(
                &format!("{key} = 0"),
                &format!("`auth.{key}` (from Rocket.toml): it must be more than 0 seconds"),
            );
        }
    }

    #[test]
    fn an_unknown_key_is_told_with_the_nearest() {
        for (wrong, right) in [
            ("isuer", "issuer"),
            ("Issuer", "issuer"),
            ("audiences", "audience"),
            ("jwks_url", "jwks_uri"),
            ("cache_ttl", "jwks_cache_ttl"),
            ("algorithm", "algorithms"),
            ("client_secret", "secret"),
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
    fn every_problem_is_told_at_once() {
        let problems = read("audience = 5\nleeway = 'x'\nfoo = 1").unwrap_err();
        let keys: Vec<_> = problems
            .iter()
            .filter_map(|one| one.split('`').nth(1))
            .collect();
        assert_eq!(
            keys,
            ["auth.foo", "auth.issuer", "auth.audience", "auth.leeway"]
        );
    }

    #[test]
    fn the_status_of_malformed_tokens_is_400_or_401() {
        assert!(
            read(&format!("{BOTH}malformed_token_status = 400"))
                .unwrap()
                .malformed_is_bad_request
        );
        assert!(
            !read(&format!("{BOTH}malformed_token_status = 401"))
                .unwrap()
                .malformed_is_bad_request
        );
        for value in ["403", "-400", "400.0", "'400'", "4294967696"] {
            expect_beside(
                &format!("malformed_token_status = {value}"),
                "`auth.malformed_token_status` (from Rocket.toml): it must be 400 or 401",
            );
        }
    }

    #[test]
    fn claim_names_are_strings() {
        let settings = read(&format!(
            "{BOTH}scope_claims = '/a/b'\nroles_claim = 'cognito:groups'"
        ));
        let names = settings.unwrap().claim_names;
        assert_eq!(
            (names.scopes, &*names.roles),
            (vec!["/a/b".to_owned()], "cognito:groups")
        );
        let list = "it must be a string in quotes or a list of such strings, none empty";
        for value in ["5", "[]", "['']", "['a', 1]", "' '"] {
            expect_beside(
                &format!("scope_claims = {value}"),
                &format!("`auth.scope_claims` (from Rocket.toml): {list}"),
            );
        }
        for (key, value) in [("roles_claim", "5"), ("permissions_claim", "''")] {
            expect_beside(
                &format!("{key} = {value}"),
                &format!(
                    "`auth.{key}` (from Rocket.toml): it must be a string in quotes, not empty"
                ),
            );
        }
    }

    #[test]
    fn the_only_type_to_require_is_that_of_rfc_9068() {
        assert!(
            read(&format!("{BOTH}token_type = 'at+jwt'"))
                .unwrap()
                .at_jwt
        );
        for value in ["JWT", "AT+JWT", "application/at+jwt"] {
            let problems = read(&format!("{BOTH}token_type = '{value}'")).unwrap_err();
            assert!(
                problems[0]
                    .starts_with("`auth.token_type` (from Rocket.toml): `at+jwt` is the only")
            );
        }
    }

    /// Each configuration of docs/providers.md, and where it finds the keys.
    #[test]
    fn the_recipes_for_providers_can_work() {
        let text = include_str!("../../../docs/providers.md");
        let recipes = text.split("```toml\n[default.auth]\n").skip(1);
        let urls: Vec<Vec<String>> = recipes
            .map(|recipe| {
                let settings = read(recipe.split("```").next().unwrap()).unwrap();
                let url = |keys: &KeySettings| match keys {
                    KeySettings::Remote { origin, .. } => origin.url().to_string(),
                    KeySettings::Fixed { from, .. } => from.clone(),
                };
                settings
                    .issuers
                    .iter()
                    .map(|issuer| url(&issuer.keys))
                    .collect()
            })
            .collect();
        // URLs have hosts in small letters.
        let auth0 = "https://tenant.eu.auth0.com/.well-known/jwks.json";
        let keycloak = "https://keycloak/realms/REALM/.well-known/openid-configuration";
        let expected: [&[&str]; 7] = [
            &[auth0],
            &["https://domain.okta.com/oauth2/default/.well-known/openid-configuration"],
            &["https://login.microsoftonline.com/TENANT_ID/v2.0/.well-known/openid-configuration"],
            &[keycloak],
            &["https://cognito-idp.region.amazonaws.com/USER_POOL_ID/.well-known/jwks.json"],
            &["https://accounts.google.com/.well-known/openid-configuration"],
            &[auth0, keycloak],
        ];
        assert_eq!(urls, expected);
    }

    /// Each configuration of docs/configuration.md.
    #[test]
    fn the_examples_of_the_documentation_can_work() {
        let text = include_str!("../../../docs/configuration.md");
        let examples: Vec<_> = text.split("```toml\n[default.auth]\n").skip(1).collect();
        assert!(examples.len() > 5);
        for example in examples {
            let example = example.split("```").next().unwrap();
            let problems = read(example).err().unwrap_or_default();
            // The files are not there.
            let absent = ["cannot be read: ", "is in no folder: "];
            let others = problems
                .iter()
                .filter(|problem| !absent.iter().any(|absent| problem.contains(absent)));
            assert_eq!(others.count(), 0, "{example}{problems:?}");
        }
    }

    #[test]
    fn every_key_is_documented() {
        let text = include_str!("../../../docs/configuration.md");
        for key in [issuers::KEYS, KEYS].concat() {
            assert!(text.contains(&format!("\n| `{key}` |")), "{key}");
        }
    }
}
