//! The scopes of the API at a provider.

use auth_runtime::{Policies, ScopeFormat, requires_scope, routes, scopes};
use rocket::get;
use serde_json::json;

use super::*;

scopes! {
    mod vocabulary {
        /// Read "messages".
        READ = "read:messages";
        /// Nobody needs it yet.
        UNUSED = "unused";
    }
}

#[requires_scope("read:messages")]
#[get("/read")]
fn read() {}

#[requires_scope(any("write:messages", "admin"))]
#[get("/write")]
fn write() {}

async fn policies() -> Policies {
    let auth = Auth::builder()
        .secret("0123456789abcdef0123456789abcdef")
        .audience("https://api.test")
        .vocabulary(vocabulary::VOCABULARY);
    let rocket = ignited(auth, |rocket| rocket.mount("/", routes![read, write])).await;
    Policies::of(&rocket)
}

/// The levels of `admin`, `read:messages` and `write:messages`.
async fn levels(export: Value) -> Vec<String> {
    let report = policies().await.check_scopes(&export.to_string());
    let findings = findings(&report, "Scopes at the provider");
    let level = |finding: &Value| finding["level"].as_str().unwrap().to_owned();
    findings.iter().map(level).collect()
}

#[tokio::test]
async fn auth0_gets_a_list_of_values_with_descriptions() {
    let text = policies().await.scopes_for(ScopeFormat::Auth0);
    let scope =
        |value: &str, description: &str| json!({ "value": value, "description": description });
    assert_eq!(
        serde_json::from_str::<Value>(&text).unwrap(),
        json!({ "scopes": [
            scope("admin", "admin"),
            scope("read:messages", "Read \"messages\"."),
            scope("unused", "Nobody needs it yet."),
            scope("write:messages", "write:messages"),
        ] })
    );
}

#[tokio::test]
async fn keycloak_gets_client_scopes_that_are_included_in_tokens() {
    let text = policies().await.scopes_for(ScopeFormat::Keycloak);
    let realm: Value = serde_json::from_str(&text).unwrap();
    let read = &realm["clientScopes"][1];
    assert_eq!(read["name"], "read:messages");
    assert_eq!(read["description"], "Read \"messages\".");
    assert_eq!(read["protocol"], "openid-connect");
    assert_eq!(read["attributes"]["include.in.token.scope"], "true");
    // A realm with these client scopes, which a client has, is what the comparison wants.
    let mut realm = realm.clone();
    realm["clients"] = json!([{
        "clientId": "app",
        "optionalClientScopes": ["admin", "read:messages", "write:messages"],
    }]);
    assert_eq!(levels(realm).await, ["ok", "ok", "ok"]);
}

#[tokio::test]
async fn terraform_gets_a_resource_of_the_audience() {
    let text = policies().await.scopes_for(ScopeFormat::Terraform);
    assert!(
        text.starts_with(
            "resource \"auth0_resource_server_scopes\" \"api\" {\n  \
             resource_server_identifier = \"https://api.test\"\n"
        ),
        "{text}"
    );
    assert!(
        text.contains(
            "\n  scopes {\n    name        = \"read:messages\"\n    description = \"Read \\\"messages\\\".\"\n  }\n"
        ),
        "{text}"
    );
}

#[tokio::test]
async fn a_scope_that_auth0_does_not_define_is_a_problem_unless_there_is_an_alternative() {
    let api = |scopes: Value| json!({ "identifier": "https://api.test", "scopes": scopes });
    let all =
        json!([{ "value": "read:messages" }, { "value": "admin" }, { "value": "write:messages" }]);
    assert_eq!(levels(api(all.clone())).await, ["ok", "ok", "ok"]);
    assert_eq!(
        levels(api(json!([]))).await,
        ["warning", "problem", "warning"]
    );
    // A list of all APIs of the tenant.
    let other = json!({ "identifier": "https://other.test", "scopes": [] });
    assert_eq!(levels(json!([other, api(all)])).await, ["ok", "ok", "ok"]);
}

#[tokio::test]
async fn a_scope_without_a_client_grant_is_a_warning() {
    let grant = |scopes: Value| json!({ "client_id": "app", "audience": "https://api.test", "scope": scopes });
    let grants = json!([grant(json!(["read:messages"]))]);
    assert_eq!(levels(grants).await, ["warning", "ok", "warning"]);
    let tenant = json!({
        "resource_servers": [{ "identifier": "https://api.test", "scopes": [{ "value": "admin" }] }],
        "client_grants": [grant(json!(["admin"]))],
    });
    assert_eq!(levels(tenant).await, ["ok", "problem", "warning"]);
}

#[tokio::test]
async fn a_client_scope_that_no_token_has_is_a_problem() {
    let realm = |in_token: &str, enabled: bool, holder: &str| {
        json!({
            "clientScopes": [{
                "name": "read:messages",
                "attributes": { "include.in.token.scope": in_token },
            }],
            "clients": [{ "clientId": "app", "enabled": enabled, holder: ["read:messages"] }],
        })
    };
    for (realm, level) in [
        (realm("true", true, "defaultClientScopes"), "ok"),
        (realm("true", true, "optionalClientScopes"), "ok"),
        (realm("false", true, "defaultClientScopes"), "problem"),
        (realm("true", false, "defaultClientScopes"), "problem"),
        (realm("true", true, "otherScopes"), "problem"),
        (json!({ "clientScopes": [] }), "problem"),
        (
            json!({ "clientScopes": [{ "name": "read:messages" }] }),
            "warning",
        ),
    ] {
        assert_eq!(levels(realm.clone()).await[1], level, "{realm}");
    }
}

#[tokio::test]
async fn anything_but_an_export_is_a_problem() {
    let policies = policies().await;
    for export in [
        "",
        "<html>",
        "{}",
        "[]",
        "5",
        r#"[{"name":"x"}]"#,
        r#"{"scopes":[]}"#,
    ] {
        let report = policies.check_scopes(export);
        assert!(!report.is_ok(), "{export}: {report}");
        assert_eq!(
            finding(&report, "Scopes at the provider", "export")["level"],
            "problem"
        );
    }
    let other = json!({ "identifier": "https://other.test", "scopes": [] });
    let report = policies.check_scopes(&other.to_string());
    let export = finding(&report, "Scopes at the provider", "export");
    assert_eq!(export["expected"], "https://api.test");
    assert!(
        export["found"]
            .as_str()
            .unwrap()
            .contains("https://other.test")
    );
}

#[test]
fn an_unknown_provider_is_refused_with_the_known_ones() {
    let error = "okta".parse::<ScopeFormat>().unwrap_err();
    assert_eq!(
        error,
        "the provider \"okta\" is not known: write `auth0`, `keycloak` or `terraform`"
    );
}
