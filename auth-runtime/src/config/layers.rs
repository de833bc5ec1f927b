//! The sources of the configuration and which of them wins, key by key: what is set in code, then
//! `ROCKET_AUTH`, then `AUTH0_*`, then Rocket.toml.

use rocket::figment::value::{Dict, Map, Value};
use rocket::figment::{Error, Figment, Metadata, Profile, Provider, Source};

use super::TABLE;
use super::auth0::{self, Auth0};
use super::reader::{Problem, Reader};

/// Values of one source.
pub(crate) struct Layer {
    /// As a message about one of its values names it.
    pub(crate) name: &'static str,
    pub(crate) values: Dict,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.name)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let table = Dict::from([(TABLE.to_owned(), Value::from(self.values.clone()))]);
        Ok(Profile::Global.collect(table))
    }
}

/// Rocket's configuration with the other sources laid in.
///
/// # Errors
/// If there is something else than a table, or the `AUTH0_*` variables or the `.env` file cannot be
/// made sense of.
pub(crate) fn layered(rocket: &Figment, in_code: Layer) -> Result<Figment, Vec<Problem>> {
    // What is no table must not vanish below the tables that are laid over it.
    if matches!(rocket.find_value(TABLE), Ok(value) if value.as_dict().is_none()) {
        return Err(Reader::new(rocket, &[]).into_problems());
    }
    let mut figment = rocket.clone();
    for Auth0 {
        key,
        variable,
        value,
    } in auth0::read()?
    {
        if gives_way(&figment, key) {
            let values = Dict::from([(key.to_owned(), value.into())]);
            figment = figment.merge(Layer {
                name: variable,
                values,
            });
        }
    }
    Ok(figment.merge(in_code))
}

/// Whether no source says anything at all: then a development build may help itself.
#[cfg(feature = "issuer")]
pub(crate) fn is_silent(figment: &Figment) -> bool {
    match figment.find_value(TABLE) {
        Ok(Value::Dict(_, table)) => table.is_empty(),
        Ok(_) => false,
        Err(error) => error.missing(),
    }
}

/// `AUTH0_*` win over files, and over them alone: what is not from a file is from `ROCKET_AUTH` or
/// from code.
fn gives_way(figment: &Figment, key: &str) -> bool {
    match figment.find_metadata(&format!("{TABLE}.{key}")) {
        Some(metadata) => matches!(metadata.source, Some(Source::File(_))),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use figment::Jail;

    use super::super::{IssuerSettings, Settings};
    use super::*;

    const FILE: &str =
        "[default.auth]\nissuer = 'https://file.invalid/'\naudience = 'file'\nleeway = 1";

    /// Reads what file and environment say, with these values in code.
    fn read(in_code: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
        let values = in_code
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).into()));
        let in_code = Layer {
            name: "`Auth::builder()`",
            values: values.collect(),
        };
        layered(&rocket::Config::figment(), in_code)
            .and_then(|figment| Settings::read(&figment))
            .map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    /// Issuer, audience and leeway.
    fn summary(settings: &Settings) -> (String, String, u64) {
        let IssuerSettings {
            names, audience, ..
        } = &settings.issuers[0];
        (
            names[0].clone(),
            audience[0].clone(),
            settings.leeway.as_secs(),
        )
    }

    #[allow(clippy::result_large_err)] // Figment's own type.
    fn in_jail(test: impl FnOnce(&mut Jail)) {
        #[allow(clippy::result_large_err)] // figment's own type.
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
            let told = |in_code: &[(&str, &str)]| read(in_code).unwrap_err().join("\n");
            jail.create_file("Rocket.toml", &format!("{FILE}\nisuer = 1"))
                .unwrap();
            assert!(told(&[]).starts_with("`auth.isuer` (from Rocket.toml): "));
            jail.create_file("Rocket.toml", FILE).unwrap();
            assert!(
                told(&[("jwks_uri", "x")])
                    .starts_with("`auth.jwks_uri` (from `Auth::builder()`): ")
            );
            jail.set_env("API_IDENTIFIER", "api");
            jail.set_env("AUTH0_DOMAIN", "a.invalid:1:2");
            assert!(told(&[]).starts_with("`AUTH0_DOMAIN`: it must be a host name alone"));
            jail.set_env("AUTH0_DOMAIN", "a.invalid");
            let issuers = FILE.replace(
                "issuer = 'https://file.invalid/'",
                "issuers = [{issuer='https://b.invalid'}]",
            );
            jail.create_file("Rocket.toml", &issuers).unwrap();
            assert!(told(&[]).starts_with("`auth.issuer` (from the variable AUTH0_DOMAIN): "));
            jail.create_file("Rocket.toml", FILE).unwrap();
            jail.set_env("ROCKET_AUTH", "{leeway=true}");
            assert!(told(&[]).starts_with("`auth.leeway` (from the variable ROCKET_AUTH): "));
        });
    }

    #[test]
    fn a_variable_that_is_no_table_is_told_so() {
        in_jail(|jail| {
            jail.set_env("ROCKET_AUTH", r#"{issuer="https://a.invalid""#);
            let told = read(&[]).unwrap_err();
            assert!(
                told[0].starts_with("`auth` (from the variable ROCKET_AUTH): it must be a table"),
                "{told:?}"
            );
        });
    }

    #[test]
    fn a_malformed_env_file_is_told_without_its_content() {
        in_jail(|jail| {
            jail.create_file(".env", "AUTH0_CLIENT_SECRET='hush")
                .unwrap();
            let told = read(&[]).unwrap_err().join("\n");
            assert!(
                told.starts_with("`.env`: it cannot be read: it is malformed"),
                "{told}"
            );
            assert!(!told.contains("hush"));
        });
    }
}
