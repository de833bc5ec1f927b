//! What the console says about a route is what the route answers.

use auth_runtime::{
    AccessToken, Rule, RuleError, public, requires, requires_auth, requires_claim,
    requires_permission, requires_role, requires_scope, routes,
};
use rocket::{Request, get};
use serde_json::{Value, json};

use super::{api_with_console, post};
use crate::support::*;

#[public]
#[get("/public")]
fn open() {}

#[requires_auth]
#[get("/auth")]
fn any_token() {}

#[requires_scope("a", any("b", all("c", "d")))]
#[get("/scope")]
fn scope() {}

#[requires_permission("p")]
#[get("/permission")]
fn permission() {}

#[requires_role("admin")]
#[requires_claim(org_id = "acme")]
#[get("/role")]
fn role() {}

#[requires_claim(secret = true, not_found)]
#[get("/hidden")]
fn hidden() {}

#[requires_scope("x", report_only)]
#[get("/reported")]
fn reported() {}

#[requires_auth(max_age = 300, acr = "mfa")]
#[get("/login")]
fn login() {}

#[requires_claim(sub = "<user>")]
#[get("/users/<user>")]
fn own(user: &str) {
    let _ = user;
}

struct Consents(bool);

#[rocket::async_trait]
impl Rule for Consents {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(self.0)
    }
}

#[requires(Consents(true))]
#[get("/rule")]
fn rule() {}

#[requires(any(Consents(false), scope("a")))]
#[get("/rule-or-scope")]
fn rule_or_scope() {}

async fn api() -> Seed {
    api_with_console(routes![
        open,
        any_token,
        scope,
        permission,
        role,
        hidden,
        reported,
        login,
        own,
        rule,
        rule_or_scope,
    ])
    .await
}

/// The verdicts on this caller, by the route's URI.
async fn verdicts(seed: &Seed, question: &Value) -> Vec<(String, Value)> {
    let overview = seed.app.get("/_auth/overview").send().await.json();
    let answer = post(&seed.app, "verdicts", question).await.json();
    let uris = overview["routes"].as_array().unwrap().iter();
    let uris = uris.map(|route| route["uri"].as_str().unwrap().to_owned());
    let verdicts = answer["verdicts"].as_array().unwrap().iter().cloned();
    let pairs: Vec<_> = uris.zip(verdicts).collect();
    assert_eq!(pairs.len(), 11);
    pairs
}

fn find<'v>(verdicts: &'v [(String, Value)], uri: &str) -> &'v Value {
    let found = verdicts.iter().find(|(known, _)| known == uri);
    &found.unwrap().1
}

#[tokio::test]
async fn a_verdict_is_what_the_route_answers() {
    let seed = api().await;
    let token = || seed.token().subject("ann");
    let tokens = [
        token().mint(),
        token().scope("a b").mint(),
        token().scope("a c d x").mint(),
        token()
            .scope("a c")
            .claim("permissions", json!(["p"]))
            .mint(),
        token().claim("roles", json!(["admin"])).mint(),
        token()
            .claim("roles", json!(["admin"]))
            .claim("org_id", "acme")
            .claim("secret", true)
            .mint(),
        token().claim("auth_time", now()).claim("acr", "mfa").mint(),
        token().claim("auth_time", now()).mint(),
        token().expired().mint(),
        token().other_audience().mint(),
        token().other_issuer().mint(),
        token().tampered().mint(),
        token().unknown_key().mint(),
        token().claim("cnf", json!({ "jkt": "x" })).mint(),
        "not-a-token".to_owned(),
        "a b".to_owned(),
    ];
    let mut certain = 0;
    for token in &tokens {
        for user in ["ann", "bob"] {
            let question = json!({ "caller": { "token": token }, "parameters": { "user": user } });
            for (uri, verdict) in verdicts(&seed, &question).await {
                let Some(status) = verdict["status"].as_u64() else {
                    // Only the application knows what its rules say.
                    assert!(uri.starts_with("/rule"), "{uri}");
                    continue;
                };
                let path = uri.replace("<user>", user);
                let reply = seed.app.get_with(&path, token).await;
                assert_eq!(u64::from(reply.status), status, "{path}: {verdict}");
                if [200, 404].contains(&status) {
                    assert_eq!(verdict["refusal"], Value::Null);
                } else {
                    let refusal = &verdict["refusal"];
                    assert_eq!(refusal["code"], reply.json()["code"], "{path}");
                    assert_eq!(refusal["description"], reply.json()["description"]);
                    let challenge = reply.header("WWW-Authenticate");
                    assert_eq!(refusal["challenge"].as_str(), challenge, "{path}");
                }
                certain += 1;
            }
        }
    }
    assert!(certain > 300, "{certain}");
}

#[tokio::test]
async fn a_caller_without_a_token_gets_401_except_for_public_routes() {
    let seed = api().await;
    for (uri, verdict) in verdicts(&seed, &json!({ "caller": "anonymous" })).await {
        let expected = if uri == "/public" { 200 } else { 401 };
        assert_eq!(verdict["status"], json!(expected), "{uri}");
        let path = uri.replace("<user>", "ann");
        assert_eq!(seed.app.get(&path).send().await.status, expected);
    }
}

#[tokio::test]
async fn a_reason_names_what_the_token_lacks() {
    let seed = api().await;
    let token = seed.token().subject("ann").scope("c").mint();
    let verdicts = verdicts(&seed, &json!({ "caller": { "token": token } })).await;
    for (uri, reason) in [
        ("/public", "anyone may call it"),
        ("/auth", "any valid token"),
        ("/scope", "lacks `a` and (`b` or `d`)"),
        ("/permission", "lacks the permission `p`"),
        ("/role", "lacks the role `admin` and `org_id` = \"acme\""),
        ("/hidden", "lacks `secret` = true"),
        (
            "/reported",
            "passes although it does not meet requires_scope(\"x\", report_only) (report only)",
        ),
        (
            "/login",
            "lacks a login in the last 300 s (`auth_time`) and a login of the class `mfa` (`acr`)",
        ),
        (
            "/users/<user>",
            "only with `sub` equal to `<user>`, otherwise 403",
        ),
        (
            "/rule",
            "only with the consent of the rule `Consents(true)`, otherwise 403",
        ),
        (
            "/rule-or-scope",
            "only with the consent of the rule `Consents(false)` or `a`, otherwise 403",
        ),
    ] {
        assert_eq!(find(&verdicts, uri)["reason"], json!(reason), "{uri}");
    }
}

#[tokio::test]
async fn a_verdict_has_the_lines_that_a_debug_build_logs() {
    let seed = api().await;
    let refused = seed.token().other_audience().mint();
    let verdict = verdicts(&seed, &json!({ "caller": { "token": refused } })).await;
    let log = find(&verdict, "/auth")["log"].clone();
    let log: Vec<String> = serde_json::from_value(log).unwrap();
    assert!(log[0].starts_with("token refused: "), "{log:?}");
    assert!(log[1].contains("https://api.test"), "{log:?}");

    let denied = seed.token().scope("b").mint();
    let verdict = verdicts(&seed, &json!({ "caller": { "token": denied } })).await;
    let log = find(&verdict, "/scope")["log"].clone();
    let log: Vec<String> = serde_json::from_value(log).unwrap();
    assert!(
        log[0].starts_with("the token does not meet requires_scope("),
        "{log:?}"
    );
    assert!(log[1].contains("its scopes: \"b\""), "{log:?}");
}

#[tokio::test]
async fn the_overview_has_the_routes_of_the_application_and_not_those_of_the_console() {
    let seed = api().await;
    let overview = seed.app.get("/_auth/overview").send().await.json();
    let routes = overview["routes"].as_array().unwrap();
    assert!(
        routes
            .iter()
            .all(|route| !route["uri"].as_str().unwrap().starts_with("/_auth"))
    );
    let scope = routes
        .iter()
        .find(|route| route["uri"] == "/scope")
        .unwrap();
    assert_eq!(scope["scopes"], json!(["a", "b"]));
    assert_eq!(scope["method"], json!("GET"));
    assert_eq!(overview["scopes"], json!(["a", "b", "c", "d"]));
    assert_eq!(overview["others"], json!([]));
}
