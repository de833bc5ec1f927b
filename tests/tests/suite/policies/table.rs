//! Tests the table of a Rocket's policies: as values, as JSON, and in the launch log.

use auth_runtime::{
    Auth, AuthBuilder, Policies, UndeclaredRoutes, public, requires_auth, requires_scope, routes,
};
use rocket::http::Method;
use rocket::{Build, Rocket, get, post, put};
use serde_json::json;

use super::process;
use crate::support::*;

mod v1 {
    use auth_runtime::requires_scope;
    use rocket::get;

    #[requires_scope("v1")]
    #[get("/messages")]
    pub(super) fn messages() {}
}

mod v2 {
    use auth_runtime::public;
    use rocket::get;

    #[public]
    #[get("/messages")]
    pub(super) fn messages() {}
}

#[requires_scope(any("a", all("b", "c")), report_only)]
#[post("/items?<page>", data = "<_item>", format = "json")]
fn create(page: Option<u8>, _item: String) {
    let _ = page;
}

#[requires_auth]
#[put("/items/<_id>", rank = 2)]
fn replace(_id: &str) {}

#[public]
#[put("/items/<_id>", rank = 1)]
fn replace_numbered(_id: u64) {}

#[get("/plain")]
fn plain() {}

fn app() -> Rocket<Build> {
    rocket::custom(quiet())
        .mount("/v1", routes![v1::messages])
        .mount("/v2", routes![v2::messages])
        .mount("/", routes![create, replace, replace_numbered])
        .mount("/", rocket::routes![plain])
}

fn auth() -> AuthBuilder {
    Auth::builder()
        .issuer("http://127.0.0.1:1/")
        .audience("https://api.test")
        .undeclared_routes(UndeclaredRoutes::Allow)
}

#[test]
fn routes_are_sorted_by_path_method_and_rank() {
    let policies = Policies::of(&app());
    let rows: Vec<_> = policies
        .iter()
        .map(|route| format!("{route}: {}", route.policy_text()))
        .collect();
    assert_eq!(
        rows,
        [
            "PUT /items/<_id>: public",
            "PUT /items/<_id>: requires_auth",
            r#"POST /items?<page>: requires_scope(any("a", all("b", "c")), report_only)"#,
            "GET /plain: undeclared",
            r#"GET /v1/messages: requires_scope("v1")"#,
            "GET /v2/messages: public",
        ]
    );
}

#[test]
fn two_routes_with_the_same_name_and_path_are_distinguished() {
    let rocket = rocket::custom(quiet())
        .mount("/", routes![v1::messages])
        .mount("/other", routes![v2::messages, v1::messages]);
    let policies = Policies::of(&rocket);
    let rows: Vec<_> = policies
        .iter()
        .map(|route| {
            let handler = route.handler().unwrap_or_default();
            let module = handler.rsplit("::").nth(1).unwrap_or_default();
            format!("{} {module} {}", route.uri(), route.policy_text())
        })
        .collect();
    assert_eq!(rows.len(), 3);
    for row in [
        r#"/messages v1 requires_scope("v1")"#,
        "/other/messages v2 public",
        r#"/other/messages v1 requires_scope("v1")"#,
    ] {
        assert!(rows.iter().any(|other| other == row), "{row} of {rows:?}");
    }
}

/// Mounts two handlers that differ only in the block around them.
fn in_two_blocks() -> [Vec<rocket::Route>; 2] {
    let first = {
        #[public]
        #[get("/first")]
        fn handler() {}
        routes![handler]
    };
    let second = {
        #[requires_auth]
        #[get("/second")]
        fn handler() {}
        routes![handler]
    };
    [first, second]
}

#[test]
fn the_policy_of_indistinguishable_routes_is_unknown() {
    let [first, second] = in_two_blocks();
    let rocket = rocket::custom(quiet()).mount("/", first).mount("/", second);
    assert_eq!(Policies::of(&rocket).undeclared().count(), 2);
}

#[test]
fn a_row_has_all_properties_of_a_route() {
    let policies = Policies::of(&app());
    let row = policies
        .iter()
        .find(|route| route.method() == Method::Post)
        .unwrap();
    assert_eq!(row.uri(), "/items?<page>");
    assert_eq!(row.format(), Some("application/json"));
    assert!(row.handler().unwrap().ends_with("policies::table::create"));
    assert!(!row.policy().unwrap().is_public());
    let undeclared: Vec<_> = policies.undeclared().map(|route| route.handler()).collect();
    assert_eq!(undeclared, [Some("plain")]);
}

#[test]
fn the_table_serialises_to_json() {
    let rocket = rocket::custom(quiet())
        .mount("/v1", routes![v1::messages])
        .mount("/", rocket::routes![plain]);
    let table = serde_json::to_value(Policies::of(&rocket)).unwrap();
    let expected = json!([
        {
            "method": "GET", "uri": "/plain", "handler": "plain", "format": null, "policy": null,
            "overlaps": [],
        },
        {
            "method": "GET",
            "uri": "/v1/messages",
            "handler": "suite::policies::table::v1::messages",
            "format": null,
            "policy": "requires_scope(\"v1\")",
            "overlaps": [],
        },
    ]);
    assert_eq!(table, expected);
    let table = serde_json::to_value(Policies::of(&app())).unwrap();
    let marks: Vec<_> = table
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["overlaps"])
        .collect();
    let ranked = |rank| json!([format!("PUT /items/<_id> (rank {rank})")]);
    assert!(
        marks.contains(&&ranked(1)) && marks.contains(&&ranked(2)),
        "{marks:?}"
    );
}

#[tokio::test]
async fn the_table_of_a_launched_rocket_is_the_same() {
    let rocket = app().attach(auth().fairing()).ignite().await.unwrap();
    let text = |policies: &Policies| serde_json::to_string(policies).unwrap();
    assert_eq!(text(&Policies::of(&rocket)), text(&Policies::of(&app())));
}

#[test]
#[ignore = "run by the test below it, as a process"]
fn launches() {
    let figment = quiet().merge(("log_level", "normal"));
    let rocket = app().configure(figment).attach(auth().fairing());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async { drop(App::launch(rocket).await) });
}

#[test]
fn the_launch_log_has_the_table() {
    let log = process::run("policies::table::launches", &[]);
    let (_, table) = log.split_once("Policies:\n").expect("it has a heading");
    let rows: Vec<_> = table.lines().take(8).map(str::trim).collect();
    assert_eq!(
        rows,
        [
            ">> PUT /items/<_id> (suite::policies::table::replace_numbered): public",
            ">>     may match the same requests as PUT /items/<_id> (rank 2)",
            ">> PUT /items/<_id> (suite::policies::table::replace): requires_auth",
            ">>     may match the same requests as PUT /items/<_id> (rank 1)",
            r#">> POST /items?<page> (suite::policies::table::create): requires_scope(any("a", all("b", "c")), report_only)"#,
            ">> GET /plain (plain): undeclared",
            r#">> GET /v1/messages (suite::policies::table::v1::messages): requires_scope("v1")"#,
            ">> GET /v2/messages (suite::policies::table::v2::messages): public",
        ]
    );
}
