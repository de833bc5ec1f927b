//! A document that is written by hand.

use auth_runtime::{OpenApiError, OpenApiSecurity, public, requires_scope, routes};
use rocket::{get, post};
use serde_json::json;

use super::*;

#[requires_scope("read")]
#[get("/items/<id>")]
fn item(id: u32) -> String {
    id.to_string()
}

#[requires_scope("write")]
#[post("/items")]
fn add() {}

#[public]
#[get("/health")]
fn health() {}

async fn security() -> OpenApiSecurity {
    let policies = policies(auth(), |rocket| {
        rocket
            .mount("/api", routes![item, add])
            .mount("/", routes![health])
    });
    policies.await.openapi()
}

fn document() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "By hand", "version": "7" },
        "tags": [{ "name": "items" }],
        "paths": {
            "/api/items/{number}": {
                "summary": "One item",
                "get": {
                    "operationId": "show",
                    "description": "Shows an item.",
                    "security": [],
                    "parameters": [{
                        "name": "number", "in": "path", "required": true,
                        "schema": { "type": "integer" },
                    }],
                    "responses": {
                        "200": { "description": "The item." },
                        "403": { "description": "Not yours." },
                    },
                },
            },
        },
        "components": {
            "securitySchemes": { "accessToken": { "type": "http", "scheme": "bearer" } },
        },
    })
}

#[tokio::test]
async fn the_policy_replaces_the_security_and_all_else_stays() {
    let merged = security().await.merge_into(document()).unwrap();
    let show = &merged["paths"]["/api/items/{number}"]["get"];
    assert_eq!(show["security"], json!([{ "accessToken": ["read"] }]));
    assert_eq!(
        show["description"],
        "Shows an item.\n\nRequires an access token with the scope `read`."
    );
    assert_eq!(show["operationId"], "show");
    assert_eq!(show["parameters"][0]["schema"]["type"], "integer");
    assert_eq!(show["responses"]["403"]["description"], "Not yours.");
    assert_eq!(statuses(show), ["200", "401", "403", "503"]);
    assert_eq!(merged["tags"], json!([{ "name": "items" }]));
    assert_eq!(
        merged["components"]["securitySchemes"],
        document()["components"]["securitySchemes"]
    );
}

#[tokio::test]
async fn a_route_that_the_document_does_not_describe_is_added() {
    let merged = security().await.merge_into(document()).unwrap();
    assert_eq!(
        merged["paths"]["/api/items"]["post"]["security"],
        json!([{ "accessToken": ["write"] }])
    );
    assert_eq!(merged["paths"]["/health"]["get"]["security"], json!([]));
}

#[tokio::test]
async fn merging_again_changes_nothing() {
    let security = security().await;
    let merged = security.merge_into(document()).unwrap();
    assert_eq!(security.merge_into(&merged).unwrap(), merged);
}

#[tokio::test]
async fn paths_are_below_the_path_of_the_server() {
    let mut below = document();
    below["servers"] = json!([{ "url": "https://api.test/api/" }]);
    let item = below["paths"]["/api/items/{number}"].take();
    below["paths"] = json!({ "/items/{number}": item });
    let merged = security().await.merge_into(below).unwrap();
    let paths: Vec<_> = merged["paths"].as_object().unwrap().keys().collect();
    assert_eq!(paths, ["/items", "/items/{number}"]);
    assert_eq!(
        merged["paths"]["/items/{number}"]["get"]["security"],
        json!([{ "accessToken": ["read"] }])
    );
}

#[tokio::test]
async fn an_operation_that_no_route_serves_is_an_error() {
    let mut other = document();
    other["paths"]["/items"] = json!({ "post": {}, "get": {}, "parameters": [] });
    let error = security().await.merge_into(other).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the document describes operations that no mounted route serves: GET /items, POST /items; \
         `/items` is mounted below `/api`: write the whole path (`context_path = \"/api\"` in utoipa), \
         or a server whose URL ends with `/api`"
    );
}

#[tokio::test]
async fn anything_but_a_document_of_a_known_version_is_an_error() {
    let security = security().await;
    let error = |document: Value| security.merge_into(document).unwrap_err();
    assert!(matches!(error(json!([])), OpenApiError::NotAnObject(_)));
    for version in [
        json!("3.0.3"),
        json!("2.0"),
        json!("3.10.0"),
        json!(3.1),
        Value::Null,
    ] {
        let got = error(json!({ "openapi": version }));
        assert!(matches!(got, OpenApiError::Version(_)), "{version}: {got}");
    }
    let with = |paths: Value| json!({ "openapi": "3.1.0", "paths": paths });
    for paths in [
        json!([]),
        json!({ "/health": [] }),
        json!({ "/health": { "get": [] } }),
        json!({ "/health": { "get": { "responses": [] } } }),
    ] {
        let got = error(with(paths.clone()));
        assert!(
            matches!(got, OpenApiError::NotAnObject(_)),
            "{paths}: {got}"
        );
    }
    let reference = json!({ "/health": { "$ref": "#/components/pathItems/health" } });
    assert!(matches!(error(with(reference)), OpenApiError::Reference(_)));
    for components in [
        json!([]),
        json!({ "schemas": [] }),
        json!({ "securitySchemes": 1 }),
    ] {
        let got = error(json!({ "openapi": "3.1.0", "components": components }));
        assert!(
            matches!(got, OpenApiError::NotAnObject(_)),
            "{components}: {got}"
        );
    }
}

#[tokio::test]
async fn extensions_and_an_empty_document_are_fine() {
    let security = security().await;
    let merged = security.merge_into(json!({ "openapi": "3.2.0", "paths": { "x-note": 1 } }));
    assert_eq!(merged.unwrap()["paths"]["x-note"], 1);
    let merged = security.merge_into(json!({ "openapi": "3.1.0" })).unwrap();
    assert_eq!(merged["paths"].as_object().unwrap().len(), 3);
}
