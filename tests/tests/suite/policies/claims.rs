//! Tests `#[requires_claim(name = value)]`: which claims have the value.

use auth_runtime::{requires_claim, routes};
use rocket::{Route, get};
use serde_json::json;

use super::{expect_each, forbidden_without_scope, reply};
use crate::support::*;

#[requires_claim(org_id = "acme")]
#[get("/text")]
fn text() {}

#[requires_claim(level = 3)]
#[get("/integer")]
fn integer() {}

#[requires_claim(balance = -5)]
#[get("/negative")]
fn negative() {}

#[requires_claim(email_verified = true)]
#[get("/bool")]
fn boolean() {}

#[requires_claim(blocked = false)]
#[get("/false")]
fn not_blocked() {}

#[requires_claim("https://example.com/tenant" = "acme")]
#[get("/namespaced")]
fn namespaced() {}

#[requires_claim("/realm_access/region" = "eu")]
#[get("/pointer")]
fn pointer() {}

#[requires_claim("/a~1b/c~0d" = "x")]
#[get("/escaped")]
fn escaped() {}

#[requires_claim("/groups/0" = "admin")]
#[get("/first")]
fn first_group() {}

#[requires_claim(sub = "robot")]
#[get("/subject")]
fn subject() {}

#[requires_claim(org_id = "acme", email_verified = true)]
#[get("/both")]
fn both() {}

#[requires_claim(any(org_id = "acme", all(org_id = "other", level = 3)))]
#[get("/any")]
fn either() {}

#[requires_claim(groups = "a", groups = "b")]
#[get("/groups")]
fn groups() {}

fn all() -> Vec<Route> {
    routes![
        text,
        integer,
        negative,
        boolean,
        not_blocked,
        namespaced,
        pointer,
        escaped,
        first_group,
        subject,
        both,
        either,
        groups
    ]
}

#[tokio::test]
async fn a_string_is_compared_exactly() {
    let seed = api(all()).await;
    let cases = [
        (json!({ "org_id": "acme" }), true),
        (json!({ "org_id": "Acme" }), false),
        (json!({ "org_id": "acme " }), false),
        (json!({ "org_id": "acme other" }), false),
        (json!({ "org_id": "" }), false),
        (json!({ "org_id": null }), false),
        (json!({ "org_id": true }), false),
        (json!({ "org_id": { "acme": "acme" } }), false),
        (json!({ "ORG_ID": "acme" }), false),
        (json!({}), false),
    ];
    expect_each(&seed, "/text", &cases).await;
}

#[tokio::test]
async fn the_challenge_for_a_missing_claim_does_not_name_scopes() {
    let seed = api(all()).await;
    let refused = reply(&seed, "/text", &json!({})).await;
    refused.expect(&forbidden_without_scope());
}

#[tokio::test]
async fn an_integer_does_not_match_a_string_a_float_or_a_boolean() {
    let seed = api(all()).await;
    let cases = [
        (json!({ "level": 3 }), true),
        (json!({ "level": 4 }), false),
        (json!({ "level": -3 }), false),
        (json!({ "level": "3" }), false),
        (json!({ "level": 3.5 }), false),
        (json!({ "level": true }), false),
        (json!({}), false),
    ];
    expect_each(&seed, "/integer", &cases).await;
    let cases = [
        (json!({ "balance": -5 }), true),
        (json!({ "balance": 5 }), false),
    ];
    expect_each(&seed, "/negative", &cases).await;
}

#[tokio::test]
async fn a_boolean_does_not_match_a_string_or_a_number() {
    let seed = api(all()).await;
    let cases = [
        (json!({ "email_verified": true }), true),
        (json!({ "email_verified": false }), false),
        (json!({ "email_verified": "true" }), false),
        (json!({ "email_verified": 1 }), false),
        (json!({}), false),
    ];
    expect_each(&seed, "/bool", &cases).await;
}

#[tokio::test]
async fn a_missing_claim_does_not_count_as_false() {
    let seed = api(all()).await;
    let cases = [
        (json!({ "blocked": false }), true),
        (json!({ "blocked": true }), false),
        (json!({ "blocked": null }), false),
        (json!({}), false),
    ];
    expect_each(&seed, "/false", &cases).await;
}

#[tokio::test]
async fn a_name_in_quotes_is_the_whole_name_of_a_claim() {
    let seed = api(all()).await;
    let cases = [
        (json!({ "https://example.com/tenant": "acme" }), true),
        (json!({ "tenant": "acme" }), false),
        (
            json!({ "https://example.com": { "tenant": "acme" } }),
            false,
        ),
    ];
    expect_each(&seed, "/namespaced", &cases).await;
}

#[tokio::test]
async fn a_name_that_begins_with_a_slash_leads_into_objects() {
    let seed = api(all()).await;
    let cases = [
        (json!({ "realm_access": { "region": "eu" } }), true),
        (json!({ "realm_access": { "region": ["us", "eu"] } }), true),
        (json!({ "realm_access": { "region": "us" } }), false),
        (json!({ "realm_access": "eu" }), false),
        (json!({ "region": "eu" }), false),
        (json!({ "/realm_access/region": "eu" }), false),
    ];
    expect_each(&seed, "/pointer", &cases).await;
}

#[tokio::test]
async fn a_pointer_has_the_escapes_of_rfc_6901() {
    let seed = api(all()).await;
    let cases = [
        (json!({ "a/b": { "c~d": "x" } }), true),
        (json!({ "a~1b": { "c~0d": "x" } }), false),
        (json!({ "a": { "b": { "c~d": "x" } } }), false),
    ];
    expect_each(&seed, "/escaped", &cases).await;
}

#[tokio::test]
async fn a_pointer_leads_into_lists_by_index() {
    let seed = api(all()).await;
    let cases = [
        (json!({ "groups": ["admin", "staff"] }), true),
        (json!({ "groups": ["staff", "admin"] }), false),
        (json!({ "groups": [] }), false),
    ];
    expect_each(&seed, "/first", &cases).await;
}

#[tokio::test]
async fn a_list_matches_each_value_in_it() {
    let seed = api(all()).await;
    let cases = [
        (json!({ "groups": ["a", "b"] }), true),
        (json!({ "groups": ["c", "b", "a"] }), true),
        (json!({ "groups": ["a"] }), false),
        (json!({ "groups": [["a", "b"]] }), false),
        (json!({ "groups": "a" }), false),
        (json!({ "groups": "a b" }), false),
    ];
    expect_each(&seed, "/groups", &cases).await;
    let cases = [
        (json!({ "level": [1, 3] }), true),
        (json!({ "level": ["3"] }), false),
    ];
    expect_each(&seed, "/integer", &cases).await;
}

#[tokio::test]
async fn the_subject_can_be_required_like_any_other_claim() {
    let seed = api(all()).await;
    let cases = [
        (json!({ "sub": "robot" }), true),
        (json!({ "sub": "someone" }), false),
    ];
    expect_each(&seed, "/subject", &cases).await;
}

#[tokio::test]
async fn all_claims_of_an_attribute_are_required_and_alternatives_nest() {
    let seed = api(all()).await;
    let cases = [
        (json!({ "org_id": "acme", "email_verified": true }), true),
        (json!({ "org_id": "acme" }), false),
        (json!({ "email_verified": true }), false),
    ];
    expect_each(&seed, "/both", &cases).await;
    let cases = [
        (json!({ "org_id": "acme" }), true),
        (json!({ "org_id": "other", "level": 3 }), true),
        (json!({ "org_id": "other" }), false),
        (json!({ "level": 3 }), false),
    ];
    expect_each(&seed, "/any", &cases).await;
}
