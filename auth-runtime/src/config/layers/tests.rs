use figment::Jail;

use super::super::test_config::key_sets;
use super::super::{IssuerSettings, Settings};
use super::*;

const FILE: &str =
    "[default.auth]\nissuer = 'https://file.invalid/'\naudience = 'file'\nleeway = 1";

/// Reads the configuration of the file and the environment, with these values in code.
fn read(in_code: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
    let mut values = CodeValues::default();
    for (key, value) in in_code {
        values.set(key, *value);
    }
    load(&rocket::Config::figment(), values)
        .and_then(Settings::read)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

/// Returns issuer, audience and leeway.
fn summary(settings: &Settings) -> (String, String, u64) {
    let issuers = key_sets(settings);
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
        let dotenv = "AUTH0_DOMAIN=dotenv.invalid\nAPI_ID=dotenv";
        jail.create_file(".env", dotenv).unwrap();
        expect(&[], "https://dotenv.invalid/", "dotenv", 0);
        jail.create_file(
            "Rocket.toml",
            "[default.auth]\naudience = 'file'\nleeway = 1",
        )
        .unwrap();
        expect(&[], "https://dotenv.invalid/", "file", 1);
        jail.create_file("Rocket.toml", FILE).unwrap();
        expect(&[], "https://file.invalid/", "file", 1);
        jail.set_env("AUTH0_DOMAIN", "variable.invalid");
        expect(&[], "https://variable.invalid/", "file", 1);
        jail.set_env("ROCKET_AUTH", r#"{audience="rocket",leeway=2}"#);
        expect(&[], "https://variable.invalid/", "rocket", 2);
        jail.set_env("API_ID", "variable");
        expect(&[], "https://variable.invalid/", "rocket", 2);
        let audience = [("audience", "code")];
        expect(&audience, "https://variable.invalid/", "code", 2);
        let issuer = [("issuer", "https://code.invalid/")];
        expect(&issuer, "https://code.invalid/", "rocket", 2);
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
        assert!(messages(&[]).starts_with("`AUTH0_DOMAIN`: it must be a host name"));
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
        let problems = load(&rocket::Config::figment(), values).map(|_| ());
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
            problems[0].starts_with("`auth` (from the variable ROCKET_AUTH): it must be a table"),
            "{problems:?}"
        );
    });
}

#[test]
fn a_variable_that_a_stronger_source_overrides_does_not_matter() {
    in_jail(|jail| {
        jail.set_env("AUTH0_DOMAIN", "");
        jail.set_env("API_IDENTIFIER", "");
        let keys = r#"{issuer="https://rocket.invalid/",audience="rocket"}"#;
        jail.set_env("ROCKET_AUTH", keys);
        expect(&[], "https://rocket.invalid/", "rocket", 0);
        let keys = r#"{issuers=[{issuer="https://list.invalid/"}],audience="rocket"}"#;
        jail.set_env("ROCKET_AUTH", keys);
        expect(&[], "https://list.invalid/", "rocket", 0);
    });
}

#[test]
fn an_env_file_is_not_touched_if_nothing_is_missing() {
    in_jail(|jail| {
        jail.create_file("Rocket.toml", FILE).unwrap();
        jail.create_file(".env", "AUTH0_DOMAIN='not closed")
            .unwrap();
        make_writable(jail);
        expect(&[], "https://file.invalid/", "file", 1);
    });
}

#[test]
fn issuers_of_their_own_tables_do_not_need_an_env_file() {
    in_jail(|jail| {
        let issuer = "[[default.auth.issuers]]\nissuer = 'https://a.invalid/'\n";
        jail.create_file(".env", "AUTH0_DOMAIN=dotenv.invalid\nAPI_ID=dotenv")
            .unwrap();
        jail.create_file("Rocket.toml", issuer).unwrap();
        expect(&[], "https://a.invalid/", "dotenv", 0);
        make_writable(jail);
        let complete = format!("{issuer}audience = 'api'");
        jail.create_file("Rocket.toml", &complete).unwrap();
        expect(&[], "https://a.invalid/", "api", 0);
    });
}

#[test]
fn a_line_of_the_env_file_that_is_needed_is_reported_without_its_content() {
    in_jail(|jail| {
        jail.create_file(".env", "AUTH0_DOMAIN='hush").unwrap();
        let problems = read(&[]).unwrap_err();
        let start = "`AUTH0_DOMAIN` (from AUTH0_DOMAIN in ";
        assert!(problems[0].starts_with(start), "{problems:?}");
        assert!(
            problems[0].contains(".env): its line is malformed"),
            "{problems:?}"
        );
        assert!(!problems.concat().contains("hush"), "{problems:?}");
        // The variable for the audience is not needed.
        let issuer = [("issuer", "https://code.invalid/"), ("audience", "code")];
        expect(&issuer, "https://code.invalid/", "code", 0);
    });
}

#[test]
fn the_env_file_is_that_beside_rocket_toml_or_else_in_the_working_directory() {
    in_jail(|jail| {
        let tenant = |name| format!("AUTH0_DOMAIN={name}.invalid\nAPI_ID=api");
        let directory = jail.create_dir("below").unwrap();
        jail.create_file(".env", &tenant("above")).unwrap();
        jail.change_dir(&directory).unwrap();
        assert!(read(&[]).unwrap_err()[0].contains("it is missing"));
        jail.create_file(".env", &tenant("here")).unwrap();
        expect(&[], "https://here.invalid/", "api", 0);
        // Rocket also finds the file from a directory below.
        std::fs::write(jail.directory().join("Rocket.toml"), "").unwrap();
        expect(&[], "https://above.invalid/", "api", 0);
    });
}

#[cfg(unix)]
fn make_writable(jail: &Jail) {
    use std::os::unix::fs::PermissionsExt;

    let path = jail.directory().join(".env");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666)).unwrap();
}

#[cfg(unix)]
#[test]
fn an_env_file_that_others_can_write_stops_the_launch() {
    in_jail(|jail| {
        let file = "AUTH0_DOMAIN=a.invalid\nAPI_ID=api";
        jail.create_file(".env", file).unwrap();
        expect(&[], "https://a.invalid/", "api", 0);
        make_writable(jail);
        let problems = read(&[]).unwrap_err();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(
            problems[0].contains(".env`: other users can write it: run `chmod go-w /"),
            "{problems:?}"
        );
    });
}

#[test]
fn keys_of_a_weaker_source_do_not_vouch_for_an_issuer() {
    let key_sources = [
        (
            "jwks_uri",
            "'https://keys.invalid/'",
            "\"https://keys.invalid/\"",
        ),
        ("discovery", "true", "true"),
        ("jwks_file", "'keys.json'", "\"keys.json\""),
        ("public_key", "'key.pem'", "\"key.pem\""),
        (
            "secret",
            "'0123456789abcdef0123456789abcdef'",
            "\"0123456789abcdef0123456789abcdef\"",
        ),
    ];
    for (key, toml, variable) in key_sources {
        in_jail(|jail| {
            let is_trust = |problem: &String| problem.contains("it decides which keys are trusted");
            let mistrusts = |in_code: &[(&str, &str)]| {
                let problems = read(in_code).err().unwrap_or_default();
                let problem = problems.into_iter().find(is_trust);
                problem.inspect(|problem| {
                    let start = format!("`auth.{key}` (from ");
                    assert!(problem.starts_with(&start), "{problem}");
                    assert!(!problem.contains("0123"), "{problem}");
                })
            };
            let file = |more: &str| format!("[default.auth]\naudience='api'\n{more}\n");
            let file_keys = file(&format!("{key}={toml}"));
            jail.create_file("Rocket.toml", &file_keys).unwrap();
            let code = [("issuer", "https://code.invalid/")];
            assert!(mistrusts(&code).is_some(), "{key}");
            jail.create_file(".env", "AUTH0_DOMAIN=dotenv.invalid")
                .unwrap();
            let problem = mistrusts(&[]).unwrap();
            assert!(problem.contains("AUTH0_DOMAIN in "), "{problem}");
            jail.set_env("AUTH0_DOMAIN", "variable.invalid");
            assert!(mistrusts(&[]).is_some(), "{key}");
            // The same source or a stronger one may decide it.
            jail.create_file("Rocket.toml", &file("")).unwrap();
            jail.set_env("ROCKET_AUTH", format!("{{{key}={variable}}}"));
            assert_eq!(mistrusts(&[]), None);
            assert!(mistrusts(&code).is_some(), "{key}");
            let issuer = "issuer=\"https://rocket.invalid/\"";
            jail.set_env("ROCKET_AUTH", format!("{{{key}={variable},{issuer}}}"));
            assert_eq!(mistrusts(&[]), None);
            jail.set_env("ROCKET_AUTH", format!("{{{issuer}}}"));
            jail.create_file("Rocket.toml", &file_keys).unwrap();
            assert!(mistrusts(&[]).is_some(), "{key}");
        });
    }
}

#[test]
fn a_flag_that_is_off_vouches_for_nothing() {
    in_jail(|jail| {
        jail.create_file(
            "Rocket.toml",
            "[default.auth]\naudience='api'\ndiscovery=false",
        )
        .unwrap();
        jail.set_env("AUTH0_DOMAIN", "variable.invalid");
        expect(&[], "https://variable.invalid/", "api", 0);
    });
}

#[test]
fn rocket_auth_in_dotenv_is_reported_unless_an_issuer_is_configured() {
    in_jail(|jail| {
        jail.create_file(".env", "ROCKET_AUTH={secret=hush}\nAPI_ID=dotenv")
            .unwrap();
        jail.set_env("ROCKET_PROFILE", "release");
        let problems = read(&[]).unwrap_err();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(
            problems[0].starts_with("`ROCKET_AUTH` (from ROCKET_AUTH in /")
                && problems[0].ends_with(
                    "/.env): it is not read from this file: set it in the environment, or write \
                     AUTH0_DOMAIN and API_IDENTIFIER here"
                ),
            "{problems:?}"
        );
        assert!(read(&[("issuer", "https://a.invalid/")]).is_ok());
        jail.set_env("ROCKET_PROFILE", "debug");
        assert!(load(&rocket::Config::figment(), CodeValues::default()).is_ok());
    });
}
