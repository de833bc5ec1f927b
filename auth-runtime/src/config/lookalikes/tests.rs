use figment::Jail;

use super::super::{CodeValues, load};

/// Returns the problems with this Rocket.toml and this variable.
fn problems(profile: &str, file: &str, variable: Option<(&str, &str)>) -> Vec<String> {
    let mut messages = Vec::new();
    #[expect(clippy::result_large_err, reason = "the error is figment's type")]
    Jail::expect_with(|jail| {
        jail.clear_env();
        jail.set_env("ROCKET_PROFILE", profile);
        if let Some((name, value)) = variable {
            jail.set_env(name, value);
        }
        jail.create_file("Rocket.toml", file)?;
        let problems = load(&rocket::Config::figment(), CodeValues::default()).err();
        messages = problems.iter().flatten().map(ToString::to_string).collect();
        Ok(())
    });
    messages
}

const KEYS: &str = "issuer = 'https://a.invalid/'\naudience = 'api'\n";

#[test]
fn a_table_outside_of_a_profile_is_reported_with_its_place() {
    for rest in [
        "",
        "[default.auth]\nissuer = 'https://a.invalid/'\naudience = 'api'",
    ] {
        assert_eq!(
            problems("debug", &format!("[auth]\n{KEYS}{rest}"), None),
            [
                "`[auth]` (from Rocket.toml): Rocket takes it for a profile, and does not read \
                 it: write `[default.auth]`"
            ]
        );
    }
}

#[test]
fn a_table_with_a_name_like_ours_and_our_keys_is_reported() {
    for name in [
        "oauth",
        "Auth",
        "auht",
        "auth0",
        "authentication",
        "auth_runtime",
    ] {
        assert_eq!(
            problems("debug", &format!("[default.{name}]\n{KEYS}"), None),
            [format!(
                "`default.{name}` (from Rocket.toml): the table has our keys, but it is not \
                 read: rename it to `[default.auth]`"
            )]
        );
    }
    let secret = problems("release", "[release.oauth]\nsecret = 'hush'\n", None);
    assert!(
        secret[0].starts_with("`release.oauth` (from Rocket.toml): "),
        "{secret:?}"
    );
    assert!(!secret.concat().contains("hush"));
}

#[test]
fn tables_of_others_do_not_matter() {
    for table in [
        // This table belongs to rocket_oauth2.
        "[default.oauth.github]\nprovider = 'GitHub'\nclient_id = 'x'\nclient_secret = 'x'",
        "[default.oauth]\nprovider = 'x'",
        "[default.session_auth]\nsecret = 'x'",
        "[default.author]\nname = 'x'",
        "[default.mailer]\nissuer = 'x'\naudience = 'y'",
        "[default]\noauth = 'x'",
        // This table is in another profile.
        "[staging.oauth]\nissuer = 'x'",
    ] {
        assert_eq!(problems("release", table, None), [""; 0], "{table}");
    }
}

#[test]
fn a_variable_for_a_single_key_is_reported_with_the_form_that_is_read() {
    for (variable, key) in [
        ("ROCKET_AUTH_ISSUER", "issuer"),
        ("ROCKET_AUTH__AUDIENCE", "audience"),
        ("ROCKET_AUTH_JWKS_URL", "jwks_uri"),
        ("rocket_auth_issuer", "issuer"),
        ("ROCKET_AUTH.ISSUER", "issuer"),
    ] {
        assert_eq!(
            problems("debug", "", Some((variable, "hush"))),
            [format!(
                "`{variable}`: it is not read: write `ROCKET_AUTH='{{{key}=…}}'`, with all keys \
                 in one table"
            )]
        );
    }
    assert_eq!(
        problems(
            "debug",
            "",
            Some(("ROCKET_OAUTH", "{issuer=\"https://a.invalid/\"}"))
        ),
        [
            "`ROCKET_OAUTH`: the variable has our keys, but it is not read: rename it to `ROCKET_AUTH`"
        ]
    );
    for variable in [
        "ROCKET_AUTHOR",
        "ROCKET_AUTH_BACKEND_HOST",
        "AUTH_ISSUER",
        "AUTH0_AUDIENCE",
    ] {
        assert_eq!(
            problems("debug", "", Some((variable, "x"))),
            [""; 0],
            "{variable}"
        );
    }
}

#[test]
fn keys_beside_the_table_are_reported_unless_an_issuer_is_configured() {
    let beside = format!("[default]\n{KEYS}");
    let moved = |profile: &str, key: &str| {
        format!(
            "`{profile}.{key}` (from Rocket.toml): it is not read: move it into the table \
             `[{profile}.auth]`"
        )
    };
    assert_eq!(
        problems("release", &beside, None),
        [moved("default", "audience"), moved("default", "issuer")]
    );
    assert_eq!(
        problems(
            "release",
            "[release]\njwks_uri = 'https://a.invalid/'",
            None
        ),
        [moved("release", "jwks_uri")]
    );
    assert_eq!(
        problems("release", "", Some(("ROCKET_ISSUER", "hush"))),
        [
            "`ROCKET_ISSUER`: it is not read: write `ROCKET_AUTH='{issuer=…}'`, with all keys in one table"
        ]
    );
    // The keys may belong to another part of the application.
    let both = format!("{beside}[default.auth]\n{KEYS}");
    assert_eq!(problems("release", &both, None), [""; 0]);
    let variable = ("AUTH0_DOMAIN", "tenant.invalid");
    assert_eq!(problems("release", &beside, Some(variable)), [""; 0]);
    assert_eq!(problems("debug", &beside, None), [""; 0]);
}

#[test]
fn a_table_of_another_profile_is_reported_unless_this_one_has_its_own() {
    let debug = format!("[debug.auth]\n{KEYS}");
    for profile in ["release", "staging", "default"] {
        assert_eq!(
            problems(profile, &debug, None),
            [format!(
                "`debug.auth` (from Rocket.toml): the profile is `{profile}`, and nothing says \
                 whose tokens it accepts: move this table to `[default.auth]` or \
                 `[{profile}.auth]`, or set ROCKET_PROFILE"
            )]
        );
        for own in [profile, "default", "global"] {
            let both = format!("{debug}[{own}.auth]\n{KEYS}");
            assert_eq!(problems(profile, &both, None), [""; 0], "{own}");
        }
        let variable = ("ROCKET_AUTH", "{issuer=\"https://a.invalid/\"}");
        assert_eq!(problems(profile, &debug, Some(variable)), [""; 0]);
    }
    assert_eq!(
        problems("debug", &format!("[release.auth]\n{KEYS}"), None),
        [""; 0]
    );
}
