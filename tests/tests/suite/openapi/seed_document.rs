//! `GET /openapi.json` of the seed app agrees with its policies and with its replies.

use auth_runtime::issuer::LocalIssuer;
use auth_runtime::testing::BearerExt;
use rocket::http::{ContentType, Method};
use rocket::local::asynchronous::LocalResponse;
use serde_json::json;

use super::*;

async fn seed_app() -> (Client, LocalIssuer) {
    let issuer = LocalIssuer::start("https://api.test").await.unwrap();
    let figment = quiet()
        .merge(("auth.issuer", issuer.url()))
        .merge(("auth.audience", issuer.audience()));
    let client = Client::untracked(seed_app::rocket().configure(figment)).await;
    (client.unwrap(), issuer)
}

async fn document(client: &Client) -> Value {
    let response = client.get("/openapi.json").dispatch().await;
    assert_eq!(response.status().code, 200);
    assert_eq!(response.content_type(), Some(ContentType::JSON));
    response.into_json().await.expect("it is JSON")
}

fn operation<'d>(document: &'d Value, method: Method, uri: &str) -> &'d Value {
    let path = uri.replace('<', "{").replace('>', "}");
    &document["paths"][path][method.as_str().to_lowercase()]
}

#[tokio::test]
async fn it_has_every_route_with_its_policy_and_no_other() {
    let (client, issuer) = seed_app().await;
    let document = document(&client).await;
    assert_eq!(document["openapi"], "3.1.1");
    let policies = Policies::of(client.rocket());
    for route in policies.iter() {
        let operation = operation(&document, route.method(), route.uri());
        let text = &operation["x-auth-policies"][0]["policy"];
        assert_eq!(*text, route.policy_text(), "{route}");
        let security = match &*route.policy_text() {
            "public" => json!([]),
            "requires_auth" => json!([{ "accessToken": [] }]),
            scope => {
                let scope = scope.strip_prefix("requires_scope(\"").unwrap();
                json!([{ "accessToken": [scope.strip_suffix("\")").unwrap()] }])
            }
        };
        assert_eq!(operation["security"], security, "{route}");
    }
    let items = document["paths"].as_object().unwrap().values();
    let operations: usize = items.map(|item| item.as_object().unwrap().len()).sum();
    assert_eq!(operations, policies.iter().count());
    let scheme = &document["components"]["securitySchemes"]["accessToken"];
    assert_eq!(scheme["type"], "openIdConnect");
    assert_eq!(
        scheme["openIdConnectUrl"],
        format!("{}.well-known/openid-configuration", issuer.url())
    );
}

#[tokio::test]
async fn it_is_public_and_in_the_table() {
    let (client, _issuer) = seed_app().await;
    let policies = Policies::of(client.rocket());
    let own = policies.iter().find(|route| route.uri() == "/openapi.json");
    assert_eq!(own.unwrap().policy_text(), "public");
}

/// Calls each route without a token, and each protected one with a token that has no scope.
#[tokio::test]
async fn each_refusal_is_a_documented_one() {
    let (client, issuer) = seed_app().await;
    let document = document(&client).await;
    let policies = Policies::of(client.rocket());
    for route in policies.iter().filter(|route| !route.uri().contains('<')) {
        let operation = operation(&document, route.method(), route.uri());
        let documented = &operation["responses"];
        let call = || client.req(route.method(), route.uri().to_owned());
        let anonymous = call().dispatch().await;
        let is_public = operation["security"] == json!([]);
        assert_eq!(anonymous.status().code == 401, !is_public, "{route}");
        if is_public {
            continue;
        }
        expect_documented(documented, anonymous).await;
        if operation["security"] != json!([{ "accessToken": [] }]) {
            let scopeless = call().bearer(&issuer.token().mint()).dispatch().await;
            assert_eq!(scopeless.status().code, 403, "{route}");
            expect_documented(documented, scopeless).await;
        }
    }
}

async fn expect_documented(documented: &Value, response: LocalResponse<'_>) {
    let reply = &documented[response.status().code.to_string()];
    for header in reply["headers"].as_object().unwrap().keys() {
        assert!(response.headers().contains(header), "{header}");
    }
    let media_type = response.content_type().unwrap().to_string();
    let schema = &reply["content"][media_type]["schema"]["$ref"];
    assert_eq!(schema, "#/components/schemas/AuthErrorBody");
    let body: Value = response.into_json().await.unwrap();
    let members: Vec<_> = body.as_object().unwrap().keys().collect();
    assert_eq!(members, ["code", "description"]);
}
