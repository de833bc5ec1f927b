//! Tests that attributes on a module apply to each route in it.

use auth_runtime::{Protected, public, requires_auth, requires_role, requires_scope, routes};
use rocket::Route;
use serde_json::json;

use super::expect_each;
use crate::support::*;

#[requires_scope("outer")]
mod outer {
    use auth_runtime::{public, requires_permission, requires_scope};
    use rocket::{get, post};

    #[get("/plain")]
    pub(super) fn plain() -> &'static str {
        helper()
    }

    #[requires_scope("own")]
    #[post("/own")]
    pub(super) fn own() {}

    #[public]
    #[get("/open")]
    pub(super) fn open() {}

    /// This function is not a route, so its callers do not need a token.
    fn helper() -> &'static str {
        "plain"
    }

    #[requires_permission("inner")]
    pub(super) mod inner {
        use auth_runtime::{public, requires_role};
        use rocket::get;

        #[get("/inner/plain")]
        pub(crate) fn plain() {}

        #[requires_role("own")]
        #[get("/inner/own")]
        pub(crate) fn own() {}

        #[public]
        #[get("/inner/open")]
        pub(crate) fn open() {}
    }

    pub(super) mod unmarked {
        use rocket::get;

        #[get("/unmarked")]
        pub(crate) fn plain() {}
    }
}

#[requires_auth]
#[requires_role("r")]
mod stacked {
    #[rocket::get("/stacked")]
    pub(super) fn route() {}
}

#[public]
mod open {
    #[rocket::get("/public")]
    pub(super) fn route() {}
}

fn all() -> Vec<Route> {
    routes![
        outer::plain,
        outer::own,
        outer::open,
        outer::inner::plain,
        outer::inner::own,
        outer::inner::open,
        outer::unmarked::plain,
        stacked::route,
        open::route
    ]
}

#[test]
fn a_route_requires_what_its_modules_require_and_its_own() {
    let texts = [
        outer::plain::POLICY,
        outer::own::POLICY,
        outer::open::POLICY,
        outer::inner::plain::POLICY,
        outer::inner::own::POLICY,
        outer::inner::open::POLICY,
        outer::unmarked::plain::POLICY,
        stacked::route::POLICY,
        open::route::POLICY,
    ]
    .map(|policy| policy.to_string());
    let expected = [
        r#"requires_scope("outer")"#,
        r#"requires_scope("outer", "own")"#,
        "public",
        r#"requires_scope("outer") requires_permission("inner")"#,
        r#"requires_scope("outer") requires_permission("inner") requires_role("own")"#,
        "public",
        r#"requires_scope("outer")"#,
        r#"requires_role("r")"#,
        "public",
    ];
    assert_eq!(texts, expected);
}

#[tokio::test]
async fn a_route_in_a_module_is_guarded() {
    let seed = api(all()).await;
    for path in [
        "/plain",
        "/inner/plain",
        "/inner/own",
        "/unmarked",
        "/stacked",
    ] {
        let refused = seed.app.get(path).send().await;
        refused.expect(&AUTHORIZATION_MISSING);
        assert_eq!(seed.status(path, &seed.token().mint()).await, 403, "{path}");
    }
    expect_each(&seed, "/plain", &[(json!({ "scope": "outer" }), true)]).await;
    let cases = [
        (
            json!({ "scope": "outer", "permissions": ["inner"], "roles": ["own"] }),
            true,
        ),
        (json!({ "permissions": ["inner"], "roles": ["own"] }), false),
        (json!({ "scope": "outer", "roles": ["own"] }), false),
        (json!({ "scope": "outer", "permissions": ["inner"] }), false),
    ];
    expect_each(&seed, "/inner/own", &cases).await;
}

#[tokio::test]
async fn public_exempts_a_route_from_what_its_modules_require() {
    let seed = api(all()).await;
    for path in ["/open", "/inner/open", "/public"] {
        seed.app.get(path).send().await.expect_success();
    }
}
