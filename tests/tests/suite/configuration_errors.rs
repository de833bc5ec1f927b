//! What is said of a configuration that cannot work: the seed app as a process, in an environment and
//! a directory of its own.

use crate::support::*;

const AUDIENCE: &str = "https://api.test";

/// What the seed app says before it gives up.
async fn refusal(variables: &[(&str, &str)], files: &[(&str, &str)]) -> String {
    let (status, output) = SeedProcess::start(variables, files).end().await;
    assert!(!status.success(), "it ended well:\n{output}");
    assert!(!output.contains("has launched"), "it launched:\n{output}");
    assert!(
        !output.contains("TOKEN="),
        "a local issuer was started:\n{output}"
    );
    output
}

#[track_caller]
fn expect_told(output: &str, told: &[&str]) {
    for text in told {
        assert!(
            output.contains(text),
            "{text:?} is not in the output:\n{output}"
        );
    }
}

#[tokio::test]
async fn without_configuration_only_the_debug_profile_launches() {
    // One of the application's own may be that of production, too.
    for profile in ["release", "staging"] {
        let output = refusal(&[("ROCKET_PROFILE", profile)], &[]).await;
        let told = [
            "`auth.issuer`",
            "AUTH0_DOMAIN",
            "`auth.audience`",
            "API_IDENTIFIER",
        ];
        expect_told(&output, &told);
    }
}

#[tokio::test]
async fn half_a_configuration_names_the_other_half() {
    let output = refusal(&[("AUTH0_DOMAIN", "tenant.invalid")], &[]).await;
    expect_told(&output, &["`auth.audience`", "API_IDENTIFIER"]);
    let output = refusal(&[("API_ID", AUDIENCE)], &[]).await;
    expect_told(&output, &["`auth.issuer`", "AUTH0_DOMAIN"]);
    let output = refusal(
        &[("ROCKET_AUTH", r#"{issuer="https://tenant.invalid/"}"#)],
        &[],
    )
    .await;
    expect_told(&output, &["`auth.audience`"]);
}

#[tokio::test]
async fn a_wrong_key_is_named_with_its_source_and_the_fix() {
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
    for (wrong, told) in cases {
        let keys = format!(r#"issuer="https://tenant.invalid/",audience="x",{wrong}"#);
        let output = refusal(&[("ROCKET_AUTH", &format!("{{{keys}}}"))], &[]).await;
        expect_told(&output, &told);
        expect_told(&output, &["ROCKET_"]);
        let file = format!("[default.auth]\n{}\n", keys.replacen("\",", "\"\n", 2));
        let output = refusal(&[], &[("Rocket.toml", &file)]).await;
        expect_told(&output, &told);
        expect_told(&output, &["Rocket.toml"]);
    }
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once() {
    let keys = r#"{issuer="http://tenant.invalid/",algorithms="none",lee_way=1}"#;
    let output = refusal(&[("ROCKET_AUTH", keys)], &[]).await;
    let told = [
        "`auth.issuer`",
        "`auth.audience`",
        "`auth.algorithms`",
        "`auth.lee_way`",
        "`leeway`",
    ];
    expect_told(&output, &told);
}

#[tokio::test]
async fn a_wrong_variable_is_named_with_the_fix() {
    for domain in ["https://tenant.invalid/", "tenant.invalid/", ""] {
        let variables = [("AUTH0_DOMAIN", domain), ("API_IDENTIFIER", AUDIENCE)];
        let output = refusal(&variables, &[]).await;
        expect_told(&output, &["`AUTH0_DOMAIN`", "host name"]);
    }
    let variables = [("AUTH0_DOMAIN", "tenant.invalid"), ("API_IDENTIFIER", "")];
    expect_told(
        &refusal(&variables, &[]).await,
        &["`API_IDENTIFIER`", "empty"],
    );
}

#[tokio::test]
async fn a_malformed_env_file_is_named_and_not_quoted() {
    let file = "AUTH0_DOMAIN=tenant.invalid\nCLIENT_SECRET='hush-hush\n";
    let output = refusal(&[], &[(".env", file)]).await;
    expect_told(&output, &["`.env`"]);
    assert!(!output.contains("hush"), "{output}");
}
