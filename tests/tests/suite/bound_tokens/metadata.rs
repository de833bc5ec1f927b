//! Tests the metadata of the API (RFC 9728).

use auth_runtime::{Auth, AuthBuilder, BindingMode, Policies, requires_scope, routes};
use reqwest::Method;
use rocket::get;
use serde_json::json;

use super::bound_api;
use crate::support::{Seed, api_with};

const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

async fn api(configure: impl FnOnce(AuthBuilder) -> AuthBuilder) -> Seed {
    bound_api(|auth| configure(auth.resource_metadata(true))).await
}

#[rocket::async_test]
async fn the_metadata_come_from_the_configuration_and_the_policies() {
    let seed = api(|auth| auth).await;
    let reply = seed.app.get(&format!("{WELL_KNOWN}/v1")).send().await;
    reply.expect_success();
    assert_eq!(reply.header("Content-Type"), Some("application/json"));
    assert_eq!(reply.header("Access-Control-Allow-Origin"), Some("*"));
    assert_eq!(
        reply.json(),
        json!({
            "resource": "https://api.example.com/v1",
            "authorization_servers": [seed.issuer.url()],
            "scopes_supported": ["a"],
            "bearer_methods_supported": ["header"],
        })
    );
}

#[rocket::async_test]
async fn the_metadata_list_the_enabled_ways_of_binding_tokens() {
    let seed = api(|auth| {
        auth.dpop(BindingMode::Require)
            .dpop_algorithms(["ES256", "EdDSA"])
            .mtls(BindingMode::Allow)
            .client_certificate_header("Client-Cert")
            .trusted_proxies("127.0.0.1")
    })
    .await;
    let metadata = seed
        .app
        .get(&format!("{WELL_KNOWN}/v1"))
        .send()
        .await
        .json();
    let algorithms = json!(["ES256", "EdDSA"]);
    assert_eq!(metadata["dpop_signing_alg_values_supported"], algorithms);
    assert_eq!(metadata["dpop_bound_access_tokens_required"], true);
    assert_eq!(metadata["tls_client_certificate_bound_access_tokens"], true);
    let seed = api(|auth| auth.dpop(BindingMode::Allow)).await;
    let metadata = seed
        .app
        .get(&format!("{WELL_KNOWN}/v1"))
        .send()
        .await
        .json();
    assert_eq!(metadata.get("dpop_bound_access_tokens_required"), None);
}

#[rocket::async_test]
async fn the_address_follows_the_public_url_with_or_without_a_trailing_slash() {
    for (public_url, paths, absent) in [
        ("https://api.example.com", ["", "/"], "/v1"),
        ("https://api.example.com/", ["", "/"], "/v1"),
        ("https://api.example.com/v1", ["/v1", "/v1/"], ""),
        ("https://api.example.com/v1/", ["/v1", "/v1/"], ""),
        ("https://api.example.com/a/b", ["/a/b", "/a/b/"], "/a"),
    ] {
        let configure = |auth: AuthBuilder| auth.public_url(public_url).resource_metadata(true);
        let seed = api_with(configure, |rocket| rocket).await;
        for path in paths {
            let reply = seed.app.get(&format!("{WELL_KNOWN}{path}")).send().await;
            assert_eq!(reply.status, 200, "{public_url} {path}");
            assert_eq!(reply.json()["resource"], public_url);
            let empty = reply
                .json()
                .as_object()
                .unwrap()
                .get("scopes_supported")
                .cloned();
            assert_eq!(empty, None);
        }
        let reply = seed.app.get(&format!("{WELL_KNOWN}{absent}")).send().await;
        assert_eq!(reply.status, 404, "{public_url} {absent}");
    }
}

#[requires_scope("z", "b")]
#[get("/z")]
fn z() {}

#[requires_scope(any("c", "b"))]
#[get("/any")]
fn any() {}

#[rocket::async_test]
async fn the_metadata_list_the_scopes_of_all_routes_in_order() {
    let configure = |auth: AuthBuilder| {
        auth.public_url("https://api.example.com")
            .resource_metadata(true)
    };
    let seed = api_with(configure, |rocket| rocket.mount("/", routes![z, any])).await;
    let metadata = seed.app.get(WELL_KNOWN).send().await.json();
    assert_eq!(metadata["scopes_supported"], json!(["b", "c", "z"]));
    // A challenge names the scopes of the first alternative.
    let reply = seed.app.get("/any").send().await;
    let challenge = reply.header("WWW-Authenticate").unwrap();
    assert!(challenge.contains(r#"scope="c""#), "{challenge}");
}

#[rocket::async_test]
async fn metadata_are_not_served_by_default() {
    let seed = bound_api(|auth| auth).await;
    let reply = seed.app.get(&format!("{WELL_KNOWN}/v1")).send().await;
    assert_eq!(reply.status, 404);
}

#[rocket::async_test]
async fn the_endpoint_is_in_the_table_as_public() {
    let auth = Auth::builder()
        .issuer("http://127.0.0.1:1/")
        .audience("https://api.test")
        .public_url("https://api.example.com")
        .resource_metadata(true);
    let rocket = rocket::custom(crate::support::quiet()).attach(auth.fairing());
    let rocket = rocket.ignite().await.unwrap();
    let policies = Policies::of(&rocket);
    let rows: Vec<_> = policies
        .iter()
        .map(|row| (row.uri(), row.policy_text()))
        .collect();
    assert!(
        rows.contains(&(WELL_KNOWN, "public".to_owned())),
        "{rows:?}"
    );
    assert_eq!(policies.undeclared().count(), 0);
}

#[rocket::async_test]
async fn head_is_answered_as_well() {
    let seed = api(|auth| auth).await;
    let call = seed.app.request(Method::HEAD, &format!("{WELL_KNOWN}/v1"));
    call.send().await.expect_success();
}
