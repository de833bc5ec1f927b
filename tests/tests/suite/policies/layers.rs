//! Tests routes whose policy is checked in several layers: by lists around lists, and by the handler. Each
//! layer checks its own requirements, whatever the others have decided.

use std::sync::atomic::{AtomicUsize, Ordering};

use auth_runtime::testing::BearerExt;
use auth_runtime::{AccessToken, Auth, Rule, RuleError, protect, requires, requires_scope, routes};
use rocket::fs::FileServer;
use rocket::{Request, Route, get};
use serde_json::{Value, json};

use super::{local, reply};
use crate::support::*;

/// Allows callers whose plan is at least this one.
struct Plan(u64);

#[rocket::async_trait]
impl Rule for Plan {
    async fn allows(&self, token: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        let plan = token.claim("plan").and_then(Value::as_u64);
        Ok(plan.is_some_and(|plan| plan >= self.0))
    }
}

mod exports {
    use super::*;

    const LEVEL: Plan = Plan(5);

    #[requires(LEVEL)]
    #[get("/export")]
    pub(super) fn export() {}
}

const LEVEL: Plan = Plan(1);

async fn expect_plans(routes: Vec<Route>, uri: &str, cases: &[(u64, u16)]) {
    let seed = api(routes).await;
    for (plan, status) in cases {
        let reply = reply(&seed, uri, &json!({ "plan": plan })).await;
        assert_eq!(reply.status, *status, "{plan}");
    }
}

#[tokio::test]
async fn a_rule_of_a_list_does_not_take_the_place_of_a_rule_that_reads_the_same() {
    let cases = [(0, 403), (1, 403), (4, 403), (5, 200)];
    let listed = routes![ #![requires(LEVEL)] exports::export ];
    expect_plans(listed, "/export", &cases).await;
    let wrapped = protect![ #![requires(LEVEL)] routes![exports::export] ];
    expect_plans(wrapped, "/export", &cases).await;
}

mod strict {
    use super::*;

    const LEVEL: Plan = Plan(3);

    pub(super) fn files() -> Vec<Route> {
        protect![ #![requires(LEVEL)] FileServer::from(env!("CARGO_MANIFEST_DIR")) ]
    }
}

#[tokio::test]
async fn a_route_that_was_renamed_between_two_lists_meets_both() {
    let mut files = strict::files();
    for route in &mut files {
        route.name = Some("renamed".into());
    }
    let routes = protect![ #![requires(LEVEL)] files ];
    expect_plans(routes, "/Cargo.toml", &[(0, 403), (2, 403), (3, 200)]).await;
}

/// Counts how often it is asked.
struct Counted;

static ASKED: AtomicUsize = AtomicUsize::new(0);

#[rocket::async_trait]
impl Rule for Counted {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        ASKED.fetch_add(1, Ordering::SeqCst);
        Ok(true)
    }
}

#[requires(Counted)]
#[requires_scope("later", report_only)]
#[get("/counted")]
fn counted() {}

#[tokio::test]
async fn a_rule_is_asked_once_and_a_report_counted_once_in_all_layers() {
    let routes = protect![ #![requires_scope("a")] routes![ #![requires_scope("b")] counted ] ];
    let (client, issuer) = local(|rocket| rocket.mount("/", routes)).await;
    let auth = client.rocket().state::<Auth>().unwrap();
    for times in 1..=3 {
        let token = issuer.token().scope("a b").mint();
        let response = client.get("/counted").bearer(&token).dispatch().await;
        assert_eq!(response.status().code, 200);
        assert_eq!(ASKED.load(Ordering::SeqCst), times);
        assert_eq!(auth.report_only_denials(), times as u64);
    }
}
