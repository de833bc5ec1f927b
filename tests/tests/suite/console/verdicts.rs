//! What the console says about a route is what the route answers.

use std::collections::BTreeSet;

use auth_runtime::issuer::LocalIssuer;
use auth_runtime::{
    AccessToken, Auth, AuthBuilder, BindingMode, Rule, RuleError, public, requires, requires_auth,
    requires_claim, requires_permission, requires_role, requires_scope, routes,
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

/// Differs from `any_token` only in its format.
#[requires_auth]
#[get("/auth", format = "json")]
fn any_token_as_json() {}

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

#[requires_auth(sender_constrained)]
#[get("/bound")]
fn bound() {}

fn all() -> Vec<rocket::Route> {
    routes![
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
    ]
}

async fn api() -> Seed {
    api_with_console(all()).await
}

/// The same API with bound tokens, configured like this.
async fn bound_api(configure: impl FnOnce(AuthBuilder) -> AuthBuilder) -> Seed {
    let configure = |auth: AuthBuilder| configure(auth.public_url("https://api.test/v1"));
    api_with(configure, |rocket| {
        rocket
            .attach(Auth::console())
            .mount("/", all())
            .mount("/", routes![bound])
    })
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
    pairs
}

fn find<'v>(verdicts: &'v [(String, Value)], uri: &str) -> &'v Value {
    let found = verdicts.iter().find(|(known, _)| known == uri);
    &found.unwrap().1
}

/// Expects the reply that the verdict has, to the last parameter of the challenge.
#[track_caller]
fn expect_predicted(verdict: &Value, reply: &Reply, path: &str) {
    assert_eq!(verdict["status"], json!(reply.status), "{path}");
    let refusal = &verdict["refusal"];
    if [200, 404].contains(&reply.status) {
        assert_eq!(*refusal, Value::Null, "{path}");
        return;
    }
    assert_eq!(refusal["status"], verdict["status"], "{path}");
    for name in ["code", "description"] {
        assert_eq!(refusal[name], reply.json()[name], "{path}");
    }
    let challenge = reply.header("WWW-Authenticate");
    assert_eq!(refusal["challenge"].as_str(), challenge, "{path}");
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
                expect_predicted(&verdict, &reply, &path);
                certain += 1;
            }
        }
    }
    assert!(certain > 300, "{certain}");
}

#[tokio::test]
async fn the_challenge_of_a_verdict_is_the_one_of_the_reply_in_every_configuration() {
    let mut challenges = BTreeSet::new();
    for dpop in [BindingMode::Allow, BindingMode::Require] {
        for (realm, metadata, malformed) in [
            (None, false, 401),
            (Some("the api"), false, 400),
            (Some("the api"), true, 400),
            (None, true, 401),
        ] {
            let seed = bound_api(|auth| {
                let auth = auth
                    .dpop(dpop)
                    .resource_metadata(metadata)
                    .malformed_token_status(malformed);
                match realm {
                    Some(realm) => auth.realm(realm),
                    None => auth,
                }
            })
            .await;
            let tokens = [
                None,
                Some(seed.token().subject("ann").scope("a c").mint()),
                Some(seed.token().expired().mint()),
                Some(seed.token().claim("cnf", json!({ "jkt": "x" })).mint()),
                Some("not-a-token".to_owned()),
                Some("a b".to_owned()),
            ];
            for token in tokens {
                let caller = match &token {
                    None => json!("anonymous"),
                    Some(token) => json!({ "token": token }),
                };
                let question = json!({ "caller": caller, "parameters": { "user": "ann" } });
                for (uri, verdict) in verdicts(&seed, &question).await {
                    if verdict["status"].is_null() {
                        continue;
                    }
                    let path = uri.replace("<user>", "ann");
                    let call = seed.app.get(&path);
                    let reply = match &token {
                        None => call.send().await,
                        Some(token) => call.bearer(token).send().await,
                    };
                    expect_predicted(&verdict, &reply, &path);
                    challenges.extend(reply.header("WWW-Authenticate").map(str::to_owned));
                }
            }
        }
    }
    let all = challenges.into_iter().collect::<Vec<_>>().join("\n");
    for part in [
        "Bearer, DPoP algs=",
        "Bearer realm=\"the api\"",
        "DPoP realm=\"the api\"",
        "resource_metadata=",
        "scope=\"a b\"",
        "error=\"invalid_token\"",
        "error=\"insufficient_scope\"",
    ] {
        assert!(all.contains(part), "{part}:\n{all}");
    }
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

#[tokio::test]
async fn verdicts_name_the_routes_that_they_are_about_as_the_page_shows_them() {
    let mut known = BTreeSet::new();
    for routes in [
        all(),
        routes![open],
        routes![any_token],
        routes![any_token_as_json],
        routes![own],
    ] {
        let seed = api_with_console(routes).await;
        let overview = seed.app.get("/_auth/overview").send().await.json();
        let fingerprint = overview["fingerprint"].as_str().unwrap().to_owned();
        for caller in [json!("anonymous"), json!({ "token": seed.token().mint() })] {
            let answer = post(&seed.app, "verdicts", &json!({ "caller": caller })).await;
            assert_eq!(answer.json()["fingerprint"], json!(fingerprint));
        }
        assert!(known.insert(fingerprint), "{known:?}");
    }
}

#[tokio::test]
async fn a_token_of_the_console_has_its_scopes_where_the_api_reads_them() {
    let figment = quiet().merge(("auth.scope_claims", "scp"));
    let auth = Auth::builder().or_local_issuer(LocalIssuer::builder("https://api.test"));
    let rocket = rocket::custom(figment).attach(auth.fairing());
    let app = App::launch(rocket.attach(Auth::console()).mount("/", all())).await;
    for (order, expected) in [
        (json!({ "user": "ann" }), 200),
        (json!({ "user": "ann", "claims": { "scope": "a c" } }), 403),
        (json!({ "user": "ann", "claims": { "scope": null } }), 403),
        (json!({ "user": "cleo", "claims": { "scope": "a b" } }), 200),
        (json!({ "claims": { "scope": "a b" } }), 200),
        (json!({}), 403),
    ] {
        let reply = post(&app, "token", &order).await;
        reply.expect_success();
        let reply = app.get_with("/scope", &reply.body).await;
        assert_eq!(reply.status, expected, "{order}");
    }
}
