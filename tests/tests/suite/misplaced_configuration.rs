//! Tests that a configuration in the wrong place, or from a weaker source than the issuer, stops the launch.

use super::configuration_errors::{AUDIENCE, RELEASE, expect_output, refusal};
use crate::support::*;

#[tokio::test]
async fn a_misnamed_table_with_our_keys_stops_the_launch() {
    let keys = format!("issuer = \"https://tenant.invalid/\"\naudience = \"{AUDIENCE}\"\n");
    for (table, expected) in [
        ("auth", ["`[auth]` (from Rocket.toml)", "`[default.auth]`"]),
        (
            "default.oauth",
            ["`default.oauth` (from Rocket.toml)", "`[default.auth]`"],
        ),
        (
            "debug.Auth",
            ["`debug.Auth` (from Rocket.toml)", "`[debug.auth]`"],
        ),
    ] {
        let file = format!("[{table}]\n{keys}");
        let output = refusal(&[], &[("Rocket.toml", &file)]).await;
        expect_output(&output, &expected);
        // It does not launch even if everything else is valid.
        let variables = [("AUTH0_DOMAIN", "tenant.invalid"), ("API_ID", AUDIENCE)];
        let output = refusal(&variables, &[("Rocket.toml", &file)]).await;
        expect_output(&output, &expected);
    }
}

#[tokio::test]
async fn a_misnamed_variable_with_our_keys_stops_the_launch() {
    let variables = [
        ("ROCKET_AUTH_ISSUER", "https://tenant.invalid/"),
        ("ROCKET_AUTH_AUDIENCE", AUDIENCE),
    ];
    let expected = [
        "`ROCKET_AUTH_ISSUER`",
        "ROCKET_AUTH='{issuer=…}'",
        "`ROCKET_AUTH_AUDIENCE`",
    ];
    expect_output(&refusal(&variables, &[]).await, &expected);
    let variables = [
        ("ROCKET_AUTH_ISSUER", "https://tenant.invalid/"),
        ("AUTH0_DOMAIN", "tenant.invalid"),
        ("API_ID", AUDIENCE),
    ];
    expect_output(&refusal(&variables, &[]).await, &["`ROCKET_AUTH_ISSUER`"]);
}

#[tokio::test]
async fn keys_beside_the_table_are_named_in_the_refusal_and_in_the_log_of_debug() {
    let file =
        format!("[default]\nissuer = \"https://tenant.invalid/\"\naudience = \"{AUDIENCE}\"\n");
    let moved = "`default.issuer` (from Rocket.toml): it is not read: move it into the table \
                 `[default.auth]`";
    let output = refusal(&[RELEASE], &[("Rocket.toml", &file)]).await;
    expect_output(&output, &[moved]);
    let app = SeedProcess::start(&[], &[("Rocket.toml", &file)]);
    app.output_with(moved).await;
    app.url().await;
}

#[tokio::test]
async fn rocket_auth_in_dotenv_is_named_in_the_refusal() {
    let file = "ROCKET_AUTH={issuer=\"https://tenant.invalid/\",audience=\"api\"}\n";
    let output = refusal(&[RELEASE], &[(".env", file)]).await;
    expect_output(
        &output,
        &["`ROCKET_AUTH`", ".env)", "it is not read from this file"],
    );
}

#[tokio::test]
async fn the_table_of_another_profile_stops_the_launch_except_in_debug() {
    let keys = format!("issuer = \"https://tenant.invalid/\"\naudience = \"{AUDIENCE}\"\n");
    let file = format!("[debug.auth]\n{keys}");
    let output = refusal(&[RELEASE], &[("Rocket.toml", &file)]).await;
    let expected = [
        "`debug.auth` (from Rocket.toml)",
        "the profile is `release`",
        "`[release.auth]`",
    ];
    expect_output(&output, &expected);

    let file = format!("[release.auth]\n{keys}");
    let app = SeedProcess::start(&[], &[("Rocket.toml", &file)]);
    app.output_with("`release.auth` (from Rocket.toml): the profile is `debug`")
        .await;
    app.url().await;

    let file = format!("[debug.auth]\nissuer = \"https://other.invalid/\"\n[release.auth]\n{keys}");
    let app = SeedProcess::start(&[RELEASE], &[("Rocket.toml", &file)]);
    app.url().await;
    assert!(!app.stop().await.contains("debug.auth"));
}

#[tokio::test]
async fn keys_from_a_weaker_source_than_their_issuer_stop_the_launch() {
    let secret = "0123456789abcdef0123456789abcdef";
    let domain = [("AUTH0_DOMAIN", "tenant.invalid")];
    let issuer = [("ROCKET_AUTH", r#"{issuer="https://tenant.invalid/"}"#)];
    for (key, value) in [
        ("jwks_uri", "\"https://keys.invalid/\""),
        ("jwks_file", "\"Rocket.toml\""),
        ("public_key", "\"Rocket.toml\""),
        ("discovery", "true"),
        ("secret", &format!("\"{secret}\"")),
        (
            "secret_base64",
            "\"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY\"",
        ),
    ] {
        let toml = format!("[default.auth]\naudience = \"{AUDIENCE}\"\n{key} = {value}\n");
        let place = format!("`auth.{key}` (from Rocket.toml): it decides which keys are trusted");
        for variables in [&domain, &issuer] {
            let output = refusal(variables, &[("Rocket.toml", &toml)]).await;
            expect_output(&output, &[&place, "set both in the same place"]);
            assert!(
                !output.contains(secret) && !output.contains("MDEyMzQ1"),
                "{output}"
            );
        }
        let dotenv = [
            ("Rocket.toml", &*toml),
            (".env", "AUTH0_DOMAIN=tenant.invalid"),
        ];
        let output = refusal(&[], &dotenv).await;
        expect_output(&output, &[&place, "AUTH0_DOMAIN in /"]);
        assert!(
            !output.contains(secret) && !output.contains("MDEyMzQ1"),
            "{output}"
        );
    }
}
