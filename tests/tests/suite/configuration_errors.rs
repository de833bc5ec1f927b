//! Tests how a configuration that cannot work is refused, with the seed app as a process in its own
//! environment and directory.

use crate::support::*;

pub(super) const AUDIENCE: &str = "https://api.test";
pub(super) const RELEASE: (&str, &str) = ("ROCKET_PROFILE", "release");

/// Returns the output of a seed app that does not launch.
pub(super) async fn refusal(variables: &[(&str, &str)], files: &[(&str, &str)]) -> String {
    refused(SeedProcess::start(variables, files)).await
}

async fn refused(app: SeedProcess) -> String {
    let (status, output) = app.end().await;
    assert!(!status.success(), "it ended well:\n{output}");
    assert!(!output.contains("has launched"), "it launched:\n{output}");
    assert!(
        !output.contains("TOKEN="),
        "a local issuer was started:\n{output}"
    );
    output
}

#[track_caller]
pub(super) fn expect_output(output: &str, expected: &[&str]) {
    for text in expected {
        assert!(
            output.contains(text),
            "{text:?} is not in the output:\n{output}"
        );
    }
}

#[tokio::test]
async fn without_configuration_only_the_debug_profile_launches() {
    // A profile of the application may be used in production as well.
    for profile in ["release", "staging", "default"] {
        let output = refusal(&[("ROCKET_PROFILE", profile)], &[]).await;
        let expected = [
            "`auth.issuer`",
            "AUTH0_DOMAIN",
            "`auth.audience`",
            "API_IDENTIFIER",
        ];
        expect_output(&output, &expected);
    }
    let app = SeedProcess::start(&[("ROCKET_PROFILE", "debug")], &[]);
    app.output_with("Anyone can get a token").await;
    app.url().await;
}

#[tokio::test]
async fn a_missing_issuer_or_audience_is_named() {
    let output = refusal(&[("AUTH0_DOMAIN", "tenant.invalid")], &[]).await;
    expect_output(&output, &["`auth.audience`", "API_IDENTIFIER"]);
    let output = refusal(&[("API_ID", AUDIENCE)], &[]).await;
    expect_output(&output, &["`auth.issuer`", "AUTH0_DOMAIN"]);
    let output = refusal(
        &[("ROCKET_AUTH", r#"{issuer="https://tenant.invalid/"}"#)],
        &[],
    )
    .await;
    expect_output(&output, &["`auth.audience`"]);
}

#[tokio::test]
async fn an_invalid_key_is_named_with_its_source_and_the_fix() {
    let cases = [
        (
            r#"audiance="x""#,
            ["`auth.audiance`", "did you mean `audience`?"],
        ),
        (
            r#"jwks_url="x""#,
            ["`auth.jwks_url`", "did you mean `jwks_uri`?"],
        ),
        (r#"algorithms="none""#, ["`auth.algorithms`", "RS256"]),
        (
            r#"algorithms=["RS256","HS256"]"#,
            ["`auth.algorithms`", "HS256"],
        ),
        (
            r#"jwks_uri="http://tenant.invalid/keys""#,
            ["`auth.jwks_uri`", "use https"],
        ),
        (
            "malformed_token_status=403",
            ["`auth.malformed_token_status`", "400 or 401"],
        ),
        (r#"leeway="5""#, ["`auth.leeway`", "seconds"]),
        ("jwks_timeout=0", ["`auth.jwks_timeout`", "more than 0"]),
    ];
    for (wrong, expected) in cases {
        let keys = format!(r#"issuer="https://tenant.invalid/",audience="x",{wrong}"#);
        let output = refusal(&[("ROCKET_AUTH", &format!("{{{keys}}}"))], &[]).await;
        expect_output(&output, &expected);
        expect_output(&output, &["ROCKET_"]);
        let file = format!("[default.auth]\n{}\n", keys.replacen("\",", "\"\n", 2));
        let output = refusal(&[], &[("Rocket.toml", &file)]).await;
        expect_output(&output, &expected);
        expect_output(&output, &["Rocket.toml"]);
    }
}

#[tokio::test]
async fn all_problems_are_reported_together() {
    let keys = r#"{issuer="http://tenant.invalid/",algorithms="none",lee_way=1}"#;
    let output = refusal(&[("ROCKET_AUTH", keys)], &[]).await;
    let expected = [
        "`auth.issuer`",
        "`auth.audience`",
        "`auth.algorithms`",
        "`auth.lee_way`",
        "`leeway`",
    ];
    expect_output(&output, &expected);
}

#[tokio::test]
async fn an_invalid_variable_is_named_with_the_fix() {
    for domain in ["https://tenant.invalid/", "tenant.invalid/", ""] {
        let variables = [("AUTH0_DOMAIN", domain), ("API_IDENTIFIER", AUDIENCE)];
        let output = refusal(&variables, &[]).await;
        expect_output(&output, &["`AUTH0_DOMAIN`", "host name"]);
    }
    let variables = [("AUTH0_DOMAIN", "tenant.invalid"), ("API_IDENTIFIER", "")];
    let output = refusal(&variables, &[]).await;
    expect_output(&output, &["`API_IDENTIFIER`", "empty"]);
}

#[tokio::test]
async fn names_with_blanks_quotes_or_braces_are_refused_with_the_fix() {
    for (domain, expected) in [
        ("\"tenant.invalid\"", "a quote"),
        ("'tenant.invalid'", "a quote"),
        ("tenant.invalid ", "white space: write `tenant.invalid`"),
        ("tenant.invalid\n", "white space: write `tenant.invalid`"),
        ("tenant.invalid\u{7}", "a control character"),
        ("{tenant}.invalid", "a brace"),
    ] {
        let variables = [("AUTH0_DOMAIN", domain), ("API_IDENTIFIER", AUDIENCE)];
        expect_output(
            &refusal(&variables, &[]).await,
            &["`AUTH0_DOMAIN`", expected],
        );
        let variables = [("AUTH0_DOMAIN", "tenant.invalid"), ("API_ID", domain)];
        expect_output(&refusal(&variables, &[]).await, &["`API_ID`", expected]);
    }
    for (key, value) in [
        (
            "issuer",
            "https://login.microsoftonline.com/{tenantid}/v2.0",
        ),
        ("issuer", " https://tenant.invalid/"),
        ("audience", "api\\n"),
        ("jwks_uri", "https://tenant.invalid/keys\\t"),
    ] {
        let base = [
            ("issuer", "https://tenant.invalid/"),
            ("audience", AUDIENCE),
            ("jwks_uri", "https://tenant.invalid/keys"),
        ];
        let keys = base.map(|(name, text)| {
            let text = if name == key { value } else { text };
            format!("{name}=\"{text}\"")
        });
        let file = format!("[default.auth]\n{}\n", keys.join("\n"));
        let output = refusal(&[], &[("Rocket.toml", &file)]).await;
        let place = format!("`auth.{key}` (from Rocket.toml): it contains ");
        expect_output(&output, &[&place]);
    }
}

#[tokio::test]
async fn an_issuer_that_no_token_can_have_is_refused() {
    for (issuer, expected) in [
        (
            "https://tenant.invalid/.well-known/openid-configuration",
            "such as `https://tenant.invalid/`",
        ),
        (
            "https://tenant.invalid/.well-known/jwks.json",
            "such as `https://tenant.invalid/`",
        ),
        (
            "https://login.microsoftonline.com/common/v2.0",
            "does not name a tenant",
        ),
        (
            "https://login.microsoftonline.com/organizations/v2.0",
            "does not name a tenant",
        ),
    ] {
        let keys = format!(r#"{{issuer="{issuer}",audience="{AUDIENCE}"}}"#);
        let output = refusal(&[("ROCKET_AUTH", &keys)], &[]).await;
        expect_output(
            &output,
            &["`auth.issuer` (from the variable ROCKET_AUTH)", expected],
        );
    }
}

#[tokio::test]
async fn an_env_file_in_another_directory_is_ignored() {
    let file = format!("AUTH0_DOMAIN=tenant.invalid\nAPI_ID={AUDIENCE}\n");
    let directory = SeedDirectory::new(&[(".env", &file)]);
    let output = refused(directory.start("below", &[RELEASE])).await;
    expect_output(&output, &["`auth.issuer`: it is missing"]);

    let elsewhere = [("config/Rocket.toml", ""), (".env", &*file)];
    let variables = [RELEASE, ("ROCKET_CONFIG", "config/Rocket.toml")];
    let output = refusal(&variables, &elsewhere).await;
    expect_output(&output, &["`auth.issuer`: it is missing"]);
}

#[cfg(unix)]
#[tokio::test]
async fn an_env_file_that_others_can_write_stops_the_launch() {
    let file = format!("AUTH0_DOMAIN=tenant.invalid\nAPI_ID={AUDIENCE}\n");
    for mode in [0o602, 0o646, 0o666] {
        let directory = SeedDirectory::new(&[(".env", &file)]);
        directory.set_mode(".env", mode);
        let output = refused(directory.start("", &[])).await;
        expect_output(
            &output,
            &[".env`: other users can write it: run `chmod go-w /"],
        );
    }
}

#[tokio::test]
async fn a_needed_line_of_an_env_file_that_is_malformed_is_reported_without_its_content() {
    let file = "AUTH0_DOMAIN='hush-hush\nAPI_ID=api\n";
    let output = refusal(&[], &[(".env", file)]).await;
    expect_output(
        &output,
        &["`AUTH0_DOMAIN`", ".env)", "its line is malformed"],
    );
    assert!(!output.contains("hush"), "{output}");
}

#[tokio::test]
async fn plain_http_to_listed_hosts_is_refused_outside_of_the_debug_profile() {
    let keys = r#"{issuer="http://keycloak:8080/",audience="api",allow_http_hosts=["keycloak"]}"#;
    for profile in ["release", "staging"] {
        let variables = [("ROCKET_PROFILE", profile), ("ROCKET_AUTH", keys)];
        let output = refusal(&variables, &[]).await;
        let expected = [
            "`auth.allow_http_hosts` (from the variable ROCKET_AUTH)",
            "only in the profile `debug`",
        ];
        expect_output(&output, &expected);
    }
    let app = SeedProcess::start(&[("ROCKET_AUTH", keys)], &[]);
    let warning = "`allow_http_hosts` is set: keys are fetched over plain http from keycloak";
    app.output_with(warning).await;
    app.url().await;
    let without = keys.replace(",allow_http_hosts=[\"keycloak\"]", "");
    let output = refusal(&[("ROCKET_AUTH", &without)], &[]).await;
    expect_output(&output, &["`auth.issuer`", "is plain http"]);
}

#[tokio::test]
async fn a_private_key_in_the_place_of_its_path_is_never_shown() {
    let key = "-----BEGIN PRIVATE KEY-----\\nMIIhush\\n-----END PRIVATE KEY-----";
    for key in [key, "MIIhush"] {
        let file = format!(
            "[default.auth]\nissuer = \"https://tenant.invalid/\"\naudience = \"{AUDIENCE}\"\n\
             introspection_endpoint = \"https://tenant.invalid/introspect\"\n\
             client_id = \"api\"\nclient_key = \"{key}\"\n"
        );
        let output = refusal(&[], &[("Rocket.toml", &file)]).await;
        expect_output(&output, &["`auth.client_key` (from Rocket.toml)", "path"]);
        assert!(!output.contains("hush"), "{output}");
    }
}

#[tokio::test]
async fn a_leeway_of_more_than_five_minutes_is_mentioned_at_launch() {
    let launch = |leeway: &str| {
        let keys =
            format!(r#"{{issuer="https://tenant.invalid/",audience="api",leeway={leeway}}}"#);
        SeedProcess::start(&[("ROCKET_AUTH", &keys), RELEASE], &[])
    };
    let app = launch("60000");
    app.output_with(
        "`leeway` is 60000 s: tokens are accepted for that long after they have expired",
    )
    .await;
    app.url().await;
    let app = launch("300");
    app.url().await;
    assert!(!app.stop().await.contains("`leeway`"));
}

#[tokio::test]
async fn a_migration_that_has_ended_is_mentioned_at_launch() {
    let secret = "0123456789abcdef0123456789abcdef";
    let launch = |until: &str| {
        let keys = format!(
            r#"{{issuer="https://tenant.invalid/",audience="api",secret="{secret}",secret_until="{until}"}}"#
        );
        SeedProcess::start(&[("ROCKET_AUTH", &keys), RELEASE], &[])
    };
    let app = launch("2020-12-31");
    app.output_with("`secret_until` has passed").await;
    app.url().await;
    assert!(!app.stop().await.contains(secret));
    let app = launch("2999-12-31");
    let accepted = "HS256 with the shared secret is accepted until 3000-01-01";
    app.output_with(accepted).await;
    app.url().await;
    for until in ["soon", "2020-02-30", "31.12.2030"] {
        let output = refused(launch(until)).await;
        expect_output(&output, &["`auth.secret_until`", "RFC 3339"]);
    }
}
