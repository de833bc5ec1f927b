//! Tests which tokens have the scopes that a route requires.

use auth_runtime::{public, requires_auth, requires_scope, routes};
use rocket::{get, post};
use serde_json::{Value, json};

use crate::support::*;

mod names {
    pub(crate) const READ: &str = "read:reports";
}

#[requires_scope("a", "b")]
#[get("/both")]
fn both() -> &'static str {
    "both"
}

#[requires_auth]
#[requires_scope("a")]
#[requires_scope("b", "c")]
#[get("/merged")]
fn merged() -> &'static str {
    "merged"
}

#[requires_scope(names::READ)]
#[get("/constant")]
fn constant() -> &'static str {
    "constant"
}

#[requires_scope("a", names::READ)]
#[post("/reports", data = "<report>")]
fn report(report: String) -> String {
    report
}

#[public]
#[get("/open")]
fn open() -> &'static str {
    "open"
}

async fn start() -> Seed {
    api(routes![both, merged, constant, report, open]).await
}

/// Returns the reply to a token with this claim on the route that requires `read:messages`.
async fn scoped_with(seed: &Seed, claim: &str, value: &Value) -> Reply {
    let token = seed.token().claim(claim, value.clone()).mint();
    let reply = seed.app.get_with("/api/private-scoped", &token).await;
    println!("{claim} = {value}: {}", reply.status);
    reply
}

#[tokio::test]
async fn a_scope_is_granted_by_a_string_or_a_list_in_scope_or_scp() {
    let seed = seed().await;
    let granting = [
        json!("read:messages"),
        json!("a read:messages b"),
        json!("  read:messages  "),
        json!(["read:messages"]),
        json!(["a", "read:messages"]),
    ];
    for claim in ["scope", "scp"] {
        for value in &granting {
            scoped_with(&seed, claim, value).await.expect_success();
        }
    }
    let in_either = seed
        .token()
        .claim("scope", "a")
        .claim("scp", vec!["read:messages"])
        .mint();
    seed.app
        .get_with("/api/private-scoped", &in_either)
        .await
        .expect_success();
    let in_either = seed
        .token()
        .claim("scope", "read:messages")
        .claim("scp", 1)
        .mint();
    seed.app
        .get_with("/api/private-scoped", &in_either)
        .await
        .expect_success();
}

#[tokio::test]
async fn a_scope_is_compared_exactly() {
    let seed = seed().await;
    let others = [
        "",
        " ",
        "read",
        "messages",
        "read:message",
        "read:messagess",
        "aread:messages",
        "READ:MESSAGES",
        "read: messages",
        "read:messages,write:messages",
        "read:*",
        "*",
        "\"read:messages\"",
        "read:messages\0",
        "read:messages\u{200b}",
        "reаd:messages",
    ];
    for other in others {
        for value in [json!(other), json!([other])] {
            scoped_with(&seed, "scope", &value)
                .await
                .expect(&forbidden("read:messages"));
        }
    }
}

#[tokio::test]
async fn only_spaces_separate_scopes() {
    let seed = seed().await;
    for separator in [
        "\t", "\n", "\r\n", ",", "+", "\u{a0}", "\u{2003}", "\u{b}", "|",
    ] {
        for value in [
            format!("a{separator}read:messages"),
            format!("read:messages{separator}b"),
        ] {
            let reply = scoped_with(&seed, "scope", &json!(value)).await;
            reply.expect(&forbidden("read:messages"));
        }
    }
    // Each item of a list is one scope.
    for value in [json!(["a read:messages"]), json!(["read:messages "])] {
        scoped_with(&seed, "scp", &value)
            .await
            .expect(&forbidden("read:messages"));
    }
}

#[tokio::test]
async fn a_scope_claim_of_another_type_grants_nothing() {
    let seed = seed().await;
    let values = [
        json!(null),
        json!(1),
        json!(true),
        json!({}),
        json!({ "read:messages": true }),
        json!([]),
        json!(["read:messages", 1]),
        json!([null, "read:messages"]),
        json!([["read:messages"]]),
    ];
    for claim in ["scope", "scp"] {
        for value in &values {
            scoped_with(&seed, claim, value)
                .await
                .expect(&forbidden("read:messages"));
        }
    }
}

#[tokio::test]
async fn no_other_claim_satisfies_a_scope() {
    let seed = seed().await;
    for claim in [
        "permissions",
        "roles",
        "scopes",
        "Scope",
        "SCOPE",
        "scope ",
        "groups",
    ] {
        for value in [json!("read:messages"), json!(["read:messages"])] {
            scoped_with(&seed, claim, &value)
                .await
                .expect(&forbidden("read:messages"));
        }
    }
    let nested = json!({ "scope": "read:messages" });
    scoped_with(&seed, "realm", &nested)
        .await
        .expect(&forbidden("read:messages"));
}

#[tokio::test]
async fn the_claims_that_hold_scopes_can_be_configured() {
    let claims = vec!["https://api.test/scope"];
    let seed = seed_with([("scope_claims", claims.into())]).await;
    let scope = json!("read:messages");
    scoped_with(&seed, "https://api.test/scope", &scope)
        .await
        .expect_success();
    scoped_with(&seed, "scope", &scope)
        .await
        .expect(&forbidden("read:messages"));
}

#[tokio::test]
async fn all_scopes_of_an_attribute_are_required() {
    let api = start().await;
    for scope in ["a b", "b a", "x b y a", "a a b"] {
        api.app
            .get_with("/both", &api.token().scope(scope).mint())
            .await
            .expect_success();
    }
    for scope in ["", "a", "b", "a a", "ab", "a c"] {
        let reply = api
            .app
            .get_with("/both", &api.token().scope(scope).mint())
            .await;
        reply.expect(&forbidden("a b"));
    }
}

#[tokio::test]
async fn the_requirements_of_stacked_attributes_add_up() {
    let api = start().await;
    let all = api.token().scope("a b c").mint();
    api.app.get_with("/merged", &all).await.expect_success();
    for scope in ["", "a", "a b", "a c", "b c"] {
        let reply = api
            .app
            .get_with("/merged", &api.token().scope(scope).mint())
            .await;
        reply.expect(&forbidden("a b c"));
    }
    api.app
        .get("/merged")
        .send()
        .await
        .expect(&AUTHORIZATION_MISSING);
}

#[tokio::test]
async fn a_constant_can_name_a_scope() {
    let api = start().await;
    let token = api.token().scope("read:reports").mint();
    api.app.get_with("/constant", &token).await.expect_success();
    for scope in ["names::READ", "READ", "read"] {
        let reply = api
            .app
            .get_with("/constant", &api.token().scope(scope).mint())
            .await;
        reply.expect(&forbidden("read:reports"));
    }
}

#[tokio::test]
async fn all_methods_are_protected_in_the_same_way() {
    let api = start().await;
    let post = || {
        api.app
            .request(reqwest::Method::POST, "/reports")
            .body("text")
    };
    post().send().await.expect(&AUTHORIZATION_MISSING);
    let half = api.token().scope("a").mint();
    post()
        .bearer(&half)
        .send()
        .await
        .expect(&forbidden("a read:reports"));
    let whole = api.token().scope("a read:reports").mint();
    let reply = post().bearer(&whole).send().await;
    reply.expect_success();
    assert_eq!(reply.body, "text");
}

#[tokio::test]
async fn a_public_route_beside_protected_ones_stays_public() {
    let api = start().await;
    api.app.get("/open").send().await.expect_success();
}
