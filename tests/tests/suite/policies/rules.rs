//! Tests `#[requires(MyRule)]`: requirements that only the application can decide.

use std::sync::Mutex;

use auth_runtime::testing::BearerExt;
use auth_runtime::{AccessToken, Rule, RuleError, requires, requires_scope, routes};
use rocket::{Request, Route, get};
use serde_json::json;

use super::{forbidden_without_scope, local, token};
use crate::support::*;

/// Answers with the value of the request's header of this name, and records that it was asked.
struct Header(&'static str);

/// The rules that were asked, in order.
#[derive(Default)]
struct Asked(Mutex<Vec<&'static str>>);

impl Header {
    const fn named(name: &'static str) -> Self {
        Self(name)
    }
}

#[rocket::async_trait]
impl Rule for Header {
    async fn allows(&self, _: &AccessToken, request: &Request<'_>) -> Result<bool, RuleError> {
        // It waits, as a look-up would.
        tokio::task::yield_now().await;
        let asked = request.rocket().state::<Asked>().ok_or("no state")?;
        asked.0.lock().unwrap().push(self.0);
        match request.headers().get_one(self.0) {
            Some("yes") => Ok(true),
            Some("error") => Err("the database is down".into()),
            _ => Ok(false),
        }
    }
}

/// Allows tokens of clients that the application knows.
struct KnownClient;

#[rocket::async_trait]
impl Rule for KnownClient {
    async fn allows(&self, token: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(token.claims().get("azp").is_some_and(|azp| azp == "known"))
    }
}

const FIRST: Header = Header("A");

#[requires(Header("A"))]
#[get("/one")]
fn one() {}

#[requires(FIRST, Header::named("B"))]
#[get("/two")]
fn two() {}

#[requires(any(Header("A"), Header("B")))]
#[get("/any")]
fn either() {}

#[requires(any(all(Header("A"), Header("B")), Header("C")))]
#[get("/nested")]
fn nested() {}

#[requires_scope("a")]
#[requires(Header("A"))]
#[get("/scoped")]
fn scoped() {}

#[requires(Header("A"), not_found)]
#[get("/hidden")]
fn hidden() {}

#[requires(KnownClient)]
#[get("/client")]
fn client() {}

#[requires(Header("A"))]
#[requires(any(Header("B"), Header("A")))]
#[get("/repeated")]
fn repeated() {}

fn all() -> Vec<Route> {
    routes![one, two, either, nested, scoped, hidden, client, repeated]
}

async fn start() -> Seed {
    api_with(
        |auth| auth,
        |rocket| rocket.mount("/", all()).manage(Asked::default()),
    )
    .await
}

/// Returns the reply to a valid token and these headers.
async fn answer(seed: &Seed, path: &str, headers: &[(&str, &str)]) -> Reply {
    let call = seed.app.get(path).bearer(&seed.token().mint());
    let call = headers
        .iter()
        .fold(call, |call, (name, value)| call.header(name, value));
    call.send().await
}

#[tokio::test]
async fn a_rule_that_allows_passes_and_one_that_denies_refuses() {
    let seed = start().await;
    answer(&seed, "/one", &[("A", "yes")])
        .await
        .expect_success();
    let refused = answer(&seed, "/one", &[("A", "no")]).await;
    refused.expect(&forbidden_without_scope());
}

#[tokio::test]
async fn a_rule_that_fails_is_answered_with_500_without_the_reason() {
    let seed = start().await;
    for path in ["/one", "/any", "/nested", "/hidden"] {
        let failed = answer(&seed, path, &[("A", "error")]).await;
        assert_eq!(failed.status, 500, "{path}");
        assert!(!failed.body.contains("database"), "{}", failed.body);
        assert_eq!(failed.header("WWW-Authenticate"), None);
    }
}

#[tokio::test]
async fn a_rule_that_fails_refuses_even_if_an_alternative_would_allow() {
    let seed = start().await;
    let headers = [("A", "error"), ("B", "yes"), ("C", "yes")];
    for path in ["/two", "/any", "/nested"] {
        assert_eq!(answer(&seed, path, &headers).await.status, 500, "{path}");
    }
}

#[tokio::test]
async fn rules_nest_like_scopes() {
    let seed = start().await;
    for subset in 0..8_u8 {
        let [a, b, c] = [1, 2, 4].map(|bit| subset & bit != 0);
        let yes = |yes| if yes { "yes" } else { "no" };
        let headers = [("A", yes(a)), ("B", yes(b)), ("C", yes(c))];
        for (path, expected) in [
            ("/two", a && b),
            ("/any", a || b),
            ("/nested", (a && b) || c),
            ("/repeated", a),
        ] {
            let passes = answer(&seed, path, &headers).await.status == 200;
            assert_eq!(passes, expected, "{path} with {headers:?}");
        }
    }
}

#[tokio::test]
async fn a_rule_gets_the_token() {
    let seed = start().await;
    for (azp, status) in [("known", 200), ("unknown", 403)] {
        let token = token(&seed, &json!({ "azp": azp }));
        assert_eq!(seed.status("/client", &token).await, status);
    }
}

#[tokio::test]
async fn a_rule_that_denies_can_be_answered_with_404() {
    let seed = start().await;
    assert_eq!(answer(&seed, "/hidden", &[]).await.status, 404);
}

/// Returns the rules that were asked about a request with these headers.
async fn asked(
    path: &'static str,
    scope: &str,
    headers: &[(&'static str, &'static str)],
) -> String {
    let (client, issuer) = local(|rocket| rocket.mount("/", all()).manage(Asked::default())).await;
    let token = issuer.token().scope(scope).mint();
    let mut request = client.get(path).bearer(&token);
    for (name, value) in headers {
        request = request.header(rocket::http::Header::new(*name, *value));
    }
    request.dispatch().await;
    let asked: &Asked = client.rocket().state().unwrap();
    asked.0.lock().unwrap().join(" ")
}

#[tokio::test]
async fn a_rule_is_asked_only_if_it_decides() {
    let cases: [(_, &[(_, _)], _); 8] = [
        ("/two", &[("A", "no")], "A"),
        ("/two", &[("A", "yes")], "A B"),
        ("/any", &[("A", "yes")], "A"),
        ("/any", &[("A", "no")], "A B"),
        ("/any", &[("A", "error")], "A"),
        ("/nested", &[("A", "no")], "A C"),
        ("/nested", &[("A", "yes"), ("B", "yes")], "A B"),
        ("/nested", &[("A", "yes"), ("B", "no")], "A B C"),
    ];
    for (path, headers, expected) in cases {
        assert_eq!(
            asked(path, "a", headers).await,
            expected,
            "{path} {headers:?}"
        );
    }
}

#[tokio::test]
async fn a_rule_is_not_asked_if_an_earlier_requirement_is_not_met() {
    assert_eq!(asked("/scoped", "b", &[("A", "yes")]).await, "");
    assert_eq!(asked("/scoped", "a", &[("A", "yes")]).await, "A");
}

#[tokio::test]
async fn rules_are_not_asked_without_a_valid_token() {
    let (client, issuer) = local(|rocket| rocket.mount("/", all()).manage(Asked::default())).await;
    let expired = issuer.token().expired().mint();
    client.get("/one").bearer(&expired).dispatch().await;
    client.get("/one").dispatch().await;
    let asked: &Asked = client.rocket().state().unwrap();
    assert!(asked.0.lock().unwrap().is_empty());
}
