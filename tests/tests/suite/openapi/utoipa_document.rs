//! A document of utoipa, whose attribute may be above ours, between ours and Rocket's, or below both.

use auth_runtime::{public, requires_role, requires_scope, routes};
use rocket::get;
use serde_json::json;
use utoipa::OpenApi;

use super::*;

#[utoipa::path(context_path = "/api", responses((status = 200, description = "Above")))]
#[requires_scope("read")]
#[get("/above/<id>?<page>")]
fn above(id: u32, page: Option<u8>) -> String {
    format!("{id} {page:?}")
}

#[requires_scope("read")]
#[utoipa::path(context_path = "/api", responses((status = 200, description = "Between")))]
#[get("/between/<id>?<page>")]
fn between(id: u32, page: Option<u8>) -> String {
    format!("{id} {page:?}")
}

#[requires_role("admin")]
#[requires_scope("read")]
#[utoipa::path(context_path = "/api", responses((status = 200, description = "Stacked")))]
#[get("/stacked/<_>")]
fn stacked() {}

#[public]
#[utoipa::path(responses((status = 200, description = "Open")))]
#[get("/open")]
fn open() {}

#[derive(OpenApi)]
#[openapi(info(title = "Items"), paths(above, between, stacked, open))]
struct Document;

async fn merged() -> Value {
    let policies = policies(auth(), |rocket| {
        rocket
            .mount("/api", routes![above, between, stacked])
            .mount("/", routes![open])
    });
    policies
        .await
        .openapi()
        .merge_into(Document::openapi())
        .unwrap()
}

#[tokio::test]
async fn the_order_of_the_attributes_makes_no_difference() {
    let merged = merged().await;
    assert_eq!(merged["info"]["title"], "Items");
    for (name, own) in [("above", "Above"), ("between", "Between")] {
        let operation = &merged["paths"][format!("/api/{name}/{{id}}")]["get"];
        assert_eq!(
            operation["security"],
            json!([{ "accessToken": ["read"] }]),
            "{name}"
        );
        assert_eq!(statuses(operation), ["200", "401", "403", "503"], "{name}");
        assert_eq!(operation["responses"]["200"]["description"], own);
        let parameters = operation["parameters"].as_array().unwrap();
        let names: Vec<_> = parameters
            .iter()
            .map(|one| one["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["id", "page"], "{name}");
        assert_eq!(parameters[0]["schema"]["type"], "integer", "{name}");
    }
    assert_eq!(merged["paths"]["/open"]["get"]["security"], json!([]));
    assert_eq!(merged["paths"].as_object().unwrap().len(), 4);
}

#[tokio::test]
async fn the_routes_are_protected_whatever_the_order() {
    let app = api(routes![above, between, stacked]).await;
    for path in ["/above/1", "/between/1", "/stacked/1"] {
        app.app
            .get(path)
            .send()
            .await
            .expect(&AUTHORIZATION_MISSING);
        let scopeless = app.token().mint();
        app.app
            .get_with(path, &scopeless)
            .await
            .expect(&forbidden("read"));
    }
    let token = app.token().scope("read").mint();
    assert_eq!(
        app.app.get_with("/above/1?page=2", &token).await.body,
        "1 Some(2)"
    );
    assert_eq!(
        app.app.get_with("/between/1?page=2", &token).await.body,
        "1 Some(2)"
    );
}
