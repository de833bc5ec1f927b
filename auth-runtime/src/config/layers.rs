//! The sources of the configuration, and which of them wins, key by key: code, then `ROCKET_AUTH`,
//! then `AUTH0_*`, then Rocket.toml.

use rocket::figment::Figment;

use super::auth0::{self, Auth0};
use super::code::CodeValues;
use super::problem::Problem;
use super::source::Source;
use super::table::Table;

/// The table `auth` of Rocket's configuration, completed by the other sources.
///
/// # Errors
/// If it is not a table, if the `AUTH0_*` variables or the `.env` file are invalid, or if a key is set
/// twice in code.
pub(crate) fn layered(figment: &Figment, in_code: CodeValues) -> Result<Table, Vec<Problem>> {
    let mut table = Table::from_figment(figment).map_err(|problem| vec![problem])?;
    for Auth0 {
        key,
        variable,
        value,
    } in auth0::read()?
    {
        // Only files are weaker: everything else comes from `ROCKET_AUTH` or from code.
        if matches!(table.source(key), None | Some(Source::File(_))) {
            table.set(key, value.into(), Source::Variable(variable));
        }
    }
    table.set_all(in_code.into_values()?, &Source::Builder);
    Ok(table)
}

#[cfg(test)]
mod tests {
    use figment::Jail;

    use super::super::{IssuerSettings, Mode, Settings};
    use super::*;

    const FILE: &str =
        "[default.auth]\nissuer = 'https://file.invalid/'\naudience = 'file'\nleeway = 1";

    /// Reads what file and environment say, with these values in code.
    fn read(in_code: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
        let mut values = CodeValues::default();
        for (key, value) in in_code {
            values.set(key, *value);
        }
        layered(&rocket::Config::figment(), values)
            .and_then(Settings::read)
            .map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    /// Issuer, audience and leeway.
    fn summary(settings: &Settings) -> (String, String, u64) {
        let Mode::KeySets(issuers) = &settings.mode else {
            panic!("there is no secret: {settings:?}");
        };
        let IssuerSettings {
            names, audience, ..
        } = &issuers[0];
        (
            names[0].clone(),
            audience[0].clone(),
            settings.tokens.leeway.as_secs(),
        )
    }

    fn in_jail(test: impl FnOnce(&mut Jail)) {
        #[expect(clippy::result_large_err, reason = "the error is figment's type")]
        Jail::expect_with(|jail| {
            jail.clear_env();
            test(jail);
            Ok(())
        });
    }

    fn expect(in_code: &[(&str, &str)], issuer: &str, audience: &str, leeway: u64) {
        let expected = (issuer.to_owned(), audience.to_owned(), leeway);
        assert_eq!(summary(&read(in_code).unwrap()), expected);
    }

    #[test]
    fn sources_win_key_by_key() {
        in_jail(|jail| {
            jail.create_file("Rocket.toml", FILE).unwrap();
            expect(&[], "https://file.invalid/", "file", 1);
            jail.create_file(".env", "AUTH0_DOMAIN=dotenv.invalid\nAPI_ID=dotenv")
                .unwrap();
            expect(&[], "https://dotenv.invalid/", "dotenv", 1);
            jail.set_env("AUTH0_DOMAIN", "variable.invalid");
            expect(&[], "https://variable.invalid/", "dotenv", 1);
            jail.set_env("ROCKET_AUTH", r#"{audience="rocket",leeway=2}"#);
            expect(&[], "https://variable.invalid/", "rocket", 2);
            expect(
                &[("audience", "code")],
                "https://variable.invalid/",
                "code",
                2,
            );
            expect(
                &[("issuer", "https://code.invalid/")],
                "https://code.invalid/",
                "rocket",
                2,
            );
        });
    }

    #[test]
    fn a_profile_of_the_file_gives_way_to_variables_too() {
        in_jail(|jail| {
            let profile = format!(
                "{FILE}\n[debug.auth]\nissuer = 'https://debug.invalid/'\n[release.auth]\nissuer = 'https://release.invalid/'"
            );
            jail.create_file("Rocket.toml", &profile).unwrap();
            jail.set_env("ROCKET_PROFILE", "debug");
            expect(&[], "https://debug.invalid/", "file", 1);
            jail.set_env("AUTH0_DOMAIN", "variable.invalid");
            expect(&[], "https://variable.invalid/", "file", 1);
            jail.set_env("ROCKET_AUTH", r#"{issuer="https://rocket.invalid/"}"#);
            expect(&[], "https://rocket.invalid/", "file", 1);
        });
    }

    #[test]
    fn a_problem_names_its_source() {
        in_jail(|jail| {
            let messages = |in_code: &[(&str, &str)]| read(in_code).unwrap_err().join("\n");
            jail.create_file("Rocket.toml", &format!("{FILE}\nisuer = 1"))
                .unwrap();
            assert!(messages(&[]).starts_with("`auth.isuer` (from Rocket.toml): "));
            jail.create_file("Rocket.toml", FILE).unwrap();
            assert!(
                messages(&[("jwks_uri", "x")])
                    .starts_with("`auth.jwks_uri` (from `Auth::builder()`): ")
            );
            jail.set_env("API_IDENTIFIER", "api");
            jail.set_env("AUTH0_DOMAIN", "a.invalid:1:2");
            assert!(messages(&[]).starts_with("`AUTH0_DOMAIN`: it must be a host name alone"));
            jail.set_env("AUTH0_DOMAIN", "a.invalid");
            let issuers = FILE.replace(
                "issuer = 'https://file.invalid/'",
                "issuers = [{issuer='https://b.invalid'}]",
            );
            jail.create_file("Rocket.toml", &issuers).unwrap();
            assert!(messages(&[]).starts_with("`auth.issuer` (from the variable AUTH0_DOMAIN): "));
            jail.create_file("Rocket.toml", FILE).unwrap();
            jail.set_env("ROCKET_AUTH", "{leeway=true}");
            assert!(messages(&[]).starts_with("`auth.leeway` (from the variable ROCKET_AUTH): "));
        });
    }

    #[test]
    fn a_key_that_is_set_twice_in_code_is_reported_with_its_path() {
        in_jail(|_| {
            let mut issuer = CodeValues::default();
            issuer.set("issuer", "https://a.invalid/");
            issuer.set("audience", "api");
            issuer.set("audience", "api");
            let mut values = CodeValues::default();
            values.set_tables("issuers", [issuer]);
            values.set("leeway", 1);
            values.set("leeway", 2);
            let problems = layered(&rocket::Config::figment(), values).map(|_| ());
            let problems: Vec<_> = problems
                .unwrap_err()
                .iter()
                .map(ToString::to_string)
                .collect();
            let message = "(from `Auth::builder()`): it is set twice, and only one of the two can \
                           apply: keep one, and write several values as a list";
            let expected = ["issuers[0].audience", "leeway"];
            assert_eq!(
                problems,
                expected.map(|key| format!("`auth.{key}` {message}"))
            );
        });
    }

    #[test]
    fn rocket_auth_must_be_a_table() {
        in_jail(|jail| {
            jail.set_env("ROCKET_AUTH", r#"{issuer="https://a.invalid""#);
            let problems = read(&[]).unwrap_err();
            assert!(
                problems[0]
                    .starts_with("`auth` (from the variable ROCKET_AUTH): it must be a table"),
                "{problems:?}"
            );
        });
    }

    #[test]
    fn a_malformed_env_file_is_reported_without_its_content() {
        in_jail(|jail| {
            jail.create_file(".env", "AUTH0_CLIENT_SECRET='hush")
                .unwrap();
            let messages = read(&[]).unwrap_err().join("\n");
            assert!(
                messages.starts_with("`.env`: it cannot be read: it is malformed"),
                "{messages}"
            );
            assert!(!messages.contains("hush"));
        });
    }
}
