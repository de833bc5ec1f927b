//! Claims of every kind, and parameters of the route in every form of its attribute.

use auth_runtime::{Protected, requires_claim};
use rocket::{delete, get, route};

#[requires_claim(
    org_id = "acme",
    email_verified = true,
    level = 5,
    balance = -1,
    smallest = -9_223_372_036_854_775_808,
    type = "at+jwt",
    r#match = "a < b",
    "https://example.com/tenant" = "acme",
    "/realm_access/region" = "eu",
)]
#[get("/")]
fn values() {}

#[requires_claim(
    any(org_id = "acme", all(org_id = "other", email_verified = true)),
    not_found
)]
#[get("/")]
fn groups() {}

/// A list may hold both.
#[requires_claim(groups = "a", groups = "b")]
#[get("/")]
fn list() {}

#[requires_claim(sub = "<user_id>", org = "<org>", not_found)]
#[get("/orgs/<org>/users/<user_id>/<rest..>?<page>")]
fn own(org: &str, user_id: &str, rest: std::path::PathBuf, page: Option<u8>) {
    let _ = (org, user_id, rest, page);
}

#[requires_claim(any("/user/id" = "<user_id>", admin = true))]
#[route(DELETE, uri = "/users/<user_id>")]
fn by_route(user_id: u64) {
    let _ = user_id;
}

#[requires_claim(sub = "<user_id>")]
#[delete("/users/<user_id>", rank = 2)]
fn without_the_argument_first(_a: &rocket::State<u8>, user_id: u64) {
    let _ = user_id;
}

macro_rules! owned {
    ($uri:literal, $parameter:expr) => {
        #[requires_claim(sub = $parameter)]
        #[get($uri)]
        fn owned(id: u8) {
            let _ = id;
        }
    };
}
owned!("/x/<id>", "<id>");

#[test]
fn compiles_and_has_its_policies() {
    assert_eq!(
        <values as Protected>::POLICY.to_string(),
        concat!(
            r#"requires_claim(org_id = "acme", email_verified = true, level = 5, balance = -1, "#,
            r#"smallest = -9223372036854775808, type = "at+jwt", match = "a < b", "#,
            r#""https://example.com/tenant" = "acme", "/realm_access/region" = "eu")"#
        )
    );
    assert_eq!(
        <groups as Protected>::POLICY.to_string(),
        r#"requires_claim(any(org_id = "acme", all(org_id = "other", email_verified = true)), not_found)"#
    );
    assert_eq!(
        <list as Protected>::POLICY.to_string(),
        r#"requires_claim(groups = "a", groups = "b")"#
    );
    assert_eq!(
        <own as Protected>::POLICY.to_string(),
        r#"requires_claim(sub = "<user_id>", org = "<org>", not_found)"#
    );
    assert_eq!(
        <by_route as Protected>::POLICY.to_string(),
        r#"requires_claim(any("/user/id" = "<user_id>", admin = true))"#
    );
    assert_eq!(
        <owned as Protected>::POLICY.to_string(),
        r#"requires_claim(sub = "<id>")"#
    );
    let _ = auth_runtime::routes![
        values,
        groups,
        list,
        own,
        by_route,
        without_the_argument_first
    ];
}
