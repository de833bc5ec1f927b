//! A document of what the routes say.

use auth_runtime::{
    AccessToken, Rule, RuleError, public, requires, requires_auth, requires_claim,
    requires_permission, requires_role, requires_scope, routes,
};
use rocket::{Request, async_trait, delete, get, post};
use serde_json::{Value, json};

use super::*;

struct OfficeHours;

#[async_trait]
impl Rule for OfficeHours {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(true)
    }
}

#[public]
#[get("/public")]
fn open() {}

#[requires_auth]
#[get("/plain")]
pub(super) fn plain() {}

#[requires_scope(any("a", all("b", "c")))]
#[get("/alternatives")]
fn alternatives() {}

#[requires_scope("a")]
#[requires_role("admin")]
#[requires_permission("write")]
#[requires_claim(org = "acme", level = 3)]
#[get("/kinds")]
fn kinds() {}

#[requires(any(scope("a"), OfficeHours))]
#[get("/rule")]
fn rule() {}

#[requires_claim(sub = "<user>")]
#[get("/users/<user>")]
fn owner(user: &str) -> &str {
    user
}

#[requires_auth(max_age = 300, acr = "gold silver")]
#[get("/login")]
fn login() {}

#[requires_scope("a", not_found)]
#[get("/hidden")]
fn hidden() {}

#[requires_scope("a", report_only)]
#[get("/reported")]
fn reported() {}

#[requires_auth(sender_constrained)]
#[get("/bound")]
pub(super) fn bound() {}

#[requires_scope("new")]
#[get("/ranked/<_>?<page>&kind=x", rank = 1)]
fn ranked(page: Option<u8>) {
    let _ = page;
}

#[public]
#[get("/ranked/<_other>", rank = 2)]
fn ranked_public(_other: &str) {}

#[requires_auth]
#[post("/files/<_path..>", format = "json", data = "<_body>")]
fn upload(_path: std::path::PathBuf, _body: String) {}

#[requires_auth]
#[delete("/plain")]
fn remove() {}

#[get("/undeclared")]
fn undeclared() {}

#[requires_scope("module")]
mod module {
    use auth_runtime::requires_scope;
    use rocket::get;

    #[requires_scope("own")]
    #[get("/module")]
    pub(super) fn inside() {}
}

#[requires_scope(
    any("a1", "a2", "a3", "a4"),
    any("b1", "b2", "b3", "b4"),
    any(all("c", "c1"), all("c", "c2"), all("c", "c3"))
)]
#[get("/large")]
fn large() {}

pub(super) async fn document(auth: AuthBuilder) -> Value {
    let policies = policies(auth, |rocket| {
        rocket
            .mount(
                "/",
                routes![
                    open,
                    plain,
                    alternatives,
                    kinds,
                    rule,
                    owner,
                    login,
                    hidden,
                    reported,
                    ranked,
                    ranked_public,
                    upload,
                    remove,
                    large,
                    module::inside,
                ],
            )
            .mount("/list", routes![ #![requires_role("admin")] plain ])
            .mount("/", rocket::routes![undeclared])
    });
    policies.await.openapi().document("Test", "1.2.3")
}

async fn operation(path: &str, method: &str) -> Value {
    let mut document = document(auth()).await;
    document["paths"][path][method].take()
}

async fn get(path: &str) -> Value {
    operation(path, "get").await
}

pub(super) fn token(scopes: &[&str]) -> Value {
    json!({ "accessToken": scopes })
}

#[tokio::test]
async fn a_public_route_needs_no_credentials_and_does_not_refuse() {
    let open = get("/public").await;
    assert_eq!(open["security"], json!([]));
    assert_eq!(open["description"], "Anyone may call this.");
    assert_eq!(statuses(&open), ["2XX"]);
}

#[tokio::test]
async fn a_protected_route_documents_its_refusals_with_their_headers_and_their_body() {
    let document = document(auth()).await;
    let plain = &document["paths"]["/plain"]["get"];
    assert_eq!(plain["security"], json!([token(&[])]));
    assert_eq!(statuses(plain), ["2XX", "401", "503"]);
    for (status, header) in [("401", "WWW-Authenticate"), ("503", "Retry-After")] {
        let reply = &plain["responses"][status];
        assert_eq!(reply["headers"][header]["required"], true, "{status}");
        let body = &reply["content"]["application/json"]["schema"]["$ref"];
        assert_eq!(body, "#/components/schemas/AuthErrorBody", "{status}");
    }
    let body = &document["components"]["schemas"]["AuthErrorBody"];
    assert_eq!(body["required"], json!(["code", "description"]));
    assert_eq!(body["properties"]["code"]["type"], "string");
}

#[tokio::test]
async fn alternatives_of_a_policy_are_alternatives_of_the_document() {
    let alternatives = get("/alternatives").await;
    assert_eq!(
        alternatives["security"],
        json!([token(&["a"]), token(&["b", "c"])])
    );
    assert_eq!(statuses(&alternatives), ["2XX", "401", "403", "503"]);
    let challenge = &alternatives["responses"]["403"]["headers"]["WWW-Authenticate"];
    assert_eq!(challenge["required"], true);
}

#[tokio::test]
async fn what_openapi_cannot_express_is_in_the_description_and_in_the_extension() {
    let kinds = get("/kinds").await;
    assert_eq!(kinds["security"], json!([token(&["a"])]));
    assert_eq!(
        kinds["description"],
        "Requires an access token with the scope `a`, the permission `write`, the role `admin`, the \
         claim `level` of the value `3` and the claim `org` of the value `\"acme\"`."
    );
    assert_eq!(
        kinds["x-auth-policies"][0]["alternatives"],
        json!([{
            "scopes": ["a"],
            "permissions": ["write"],
            "roles": ["admin"],
            "claims": [{ "name": "level", "value": 3 }, { "name": "org", "value": "acme" }],
        }])
    );
}

#[tokio::test]
async fn a_rule_is_an_alternative_like_others_and_may_fail() {
    let rule = get("/rule").await;
    assert_eq!(rule["security"], json!([token(&["a"]), token(&[])]));
    assert_eq!(
        rule["description"],
        "Requires an access token, which can be:\n\n- one with the scope `a`\n- one with the consent of \
         the rule `OfficeHours`"
    );
    assert_eq!(statuses(&rule), ["2XX", "401", "403", "500", "503"]);
}

#[tokio::test]
async fn an_owner_is_described_by_the_parameter() {
    let owner = get("/users/{user}").await;
    assert_eq!(
        owner["description"],
        "Requires an access token with a claim `sub` that equals the path parameter `user`."
    );
    assert_eq!(owner["parameters"][0]["name"], "user");
    let alternatives = &owner["x-auth-policies"][0]["alternatives"];
    assert_eq!(
        *alternatives,
        json!([{ "claims": [{ "name": "sub", "parameter": "user" }] }])
    );
}

#[tokio::test]
async fn a_login_that_is_too_old_or_too_weak_is_refused_with_401_and_not_403() {
    let login = get("/login").await;
    assert_eq!(statuses(&login), ["2XX", "401", "503"]);
    assert_eq!(
        login["description"],
        "Requires an access token with a login at most 300 seconds ago and a login of the class `gold` \
         or `silver`."
    );
    let alternatives = &login["x-auth-policies"][0]["alternatives"];
    assert_eq!(
        *alternatives,
        json!([{ "max_age": 300, "acr": ["gold silver"] }])
    );
}

#[tokio::test]
async fn a_hidden_route_is_refused_with_404_and_a_reported_one_is_not() {
    let hidden = get("/hidden").await;
    assert_eq!(statuses(&hidden), ["2XX", "401", "404", "503"]);
    assert_eq!(hidden["security"], json!([token(&["a"])]));
    let reported = get("/reported").await;
    assert_eq!(statuses(&reported), ["2XX", "401", "503"]);
    assert_eq!(reported["security"], json!([token(&[])]));
}

#[tokio::test]
async fn routes_of_one_path_are_one_operation() {
    let ranked = get("/ranked/{_}").await;
    assert_eq!(ranked["security"], json!([token(&["new"]), {}]));
    let routes: Vec<_> = ["/ranked/<_>?<page>&kind=x", "/ranked/<_other>"]
        .map(|uri| format!("GET {uri}"))
        .into();
    let listed = ranked["x-auth-policies"].as_array().unwrap();
    let listed: Vec<_> = listed
        .iter()
        .map(|one| one["route"].as_str().unwrap())
        .collect();
    assert_eq!(listed, routes);
    assert_eq!(statuses(&ranked), ["2XX", "401", "403", "503"]);
}

#[tokio::test]
async fn a_route_has_its_parameters_and_its_format() {
    let upload = operation("/files/{_path}", "post").await;
    assert_eq!(upload["operationId"], "upload");
    assert_eq!(upload["parameters"][0]["in"], "path");
    assert_eq!(
        upload["requestBody"],
        json!({ "content": { "application/json": {} } })
    );
}

#[tokio::test]
async fn requirements_of_modules_and_of_lists_count() {
    let inside = get("/module").await;
    assert_eq!(inside["security"], json!([token(&["module", "own"])]));
    let listed = get("/list/plain").await;
    assert_eq!(
        listed["description"],
        "Requires an access token with the role `admin`."
    );
    assert_eq!(listed["operationId"], "plain");
}

#[tokio::test]
async fn an_undeclared_route_says_so_and_promises_nothing() {
    let undeclared = get("/undeclared").await;
    assert_eq!(undeclared.get("security"), None);
    assert_eq!(
        undeclared["description"],
        "This route does not declare who may call it."
    );
    assert_eq!(undeclared["x-auth-policies"][0]["policy"], Value::Null);
}

#[tokio::test]
async fn of_too_many_alternatives_the_document_has_what_all_of_them_need() {
    let large = get("/large").await;
    assert_eq!(large["security"], json!([token(&["c"])]));
    let description = large["description"].as_str().unwrap();
    assert!(
        description.starts_with(
            "Requires an access token with the scope `c`. There is more to it: `requires_scope("
        ),
        "{description}"
    );
    assert_eq!(large["x-auth-policies"][0].get("alternatives"), None);
}

#[tokio::test]
async fn each_operation_has_a_unique_id() {
    let document = document(auth()).await;
    let paths = document["paths"].as_object().unwrap();
    let operations = paths
        .values()
        .flat_map(|item| item.as_object().unwrap().values());
    let mut ids: Vec<_> = operations
        .map(|one| one["operationId"].as_str().unwrap())
        .collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}
