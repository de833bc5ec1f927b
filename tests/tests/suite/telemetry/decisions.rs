//! What is counted of decisions: each request to a protected route once, with its route and outcome.

use auth_runtime::{
    AccessToken, Rule, RuleError, protect, public, requires, requires_auth, requires_scope, routes,
};
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome};
use rocket::{Build, Request, Rocket, Route, get};

use super::{Recorder, expected};
use crate::support::*;

#[requires_scope("a")]
#[get("/items/<_id>?<_page>")]
fn item(_id: u32, _page: Option<u32>) {}

#[requires_scope("a", report_only)]
#[requires_scope("b", report_only)]
#[get("/reported")]
fn reported() {}

struct Broken;

#[rocket::async_trait]
impl Rule for Broken {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Err("the database is down".into())
    }
}

#[requires(Broken)]
#[get("/broken")]
fn broken() {}

#[requires_auth(max_age = 60)]
#[get("/login")]
fn login() {}

#[requires_auth]
#[get("/listed")]
fn listed() {}

/// Sends a request on to the next route.
struct Next;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Next {
    type Error = ();

    async fn from_request(_: &'r Request<'_>) -> Outcome<Self, ()> {
        Outcome::Forward(Status::NotFound)
    }
}

#[requires_auth]
#[get("/forwarded/<_..>")]
fn first(_next: Next) {}

#[requires_scope("a")]
#[get("/forwarded", rank = 20)]
fn second() {}

#[public]
#[get("/public")]
fn open() {}

fn all(rocket: Rocket<Build>) -> Rocket<Build> {
    let inner: Vec<Route> = routes![ #![requires_auth] listed ];
    rocket
        .mount(
            "/v1",
            routes![item, reported, broken, login, first, second, open],
        )
        .mount("/list", protect![ #![requires_auth] inner ])
}

#[tokio::test]
async fn a_decision_has_the_route_as_mounted_and_one_of_five_outcomes() {
    let (recorder, seed) = (Recorder::install(), api_with(|auth| auth, all).await);
    let (none, scoped) = (seed.token().mint(), seed.token().scope("a").mint());
    let status = async |path: &str, token: &str| seed.status(path, token).await;
    assert_eq!(status("/v1/items/1?_page=5", &scoped).await, 200);
    assert_eq!(status("/v1/items/2", &scoped).await, 200);
    assert_eq!(status("/v1/items/1", &none).await, 403);
    assert_eq!(status("/v1/items/1", "garbage").await, 401);
    assert_eq!(seed.app.get("/v1/items/9").send().await.status, 401);
    assert_eq!(status("/v1/reported", &none).await, 200);
    assert_eq!(status("/v1/broken", &none).await, 500);
    assert_eq!(status("/v1/login", &none).await, 401);
    assert_eq!(status("/v1/public", &none).await, 200);
    let item = r#"route="GET /v1/items/<_id>?<_page>""#;
    assert_eq!(
        recorder.series("auth_decisions_total"),
        expected([
            (&format!(r#"{{{item},outcome="allowed"}}"#), 2.0),
            (&format!(r#"{{{item},outcome="denied"}}"#), 1.0),
            (&format!(r#"{{{item},outcome="unauthenticated"}}"#), 2.0),
            (r#"{route="GET /v1/broken",outcome="failed"}"#, 1.0),
            (r#"{route="GET /v1/login",outcome="denied"}"#, 1.0),
            (r#"{route="GET /v1/reported",outcome="reported"}"#, 1.0),
        ])
    );
    assert_eq!(
        recorder.series("auth_report_only_denials_total"),
        expected([(r#"{route="GET /v1/reported"}"#, 2.0)])
    );
}

#[tokio::test]
async fn a_route_that_lists_and_attributes_protect_counts_one_decision() {
    let (recorder, seed) = (Recorder::install(), api_with(|auth| auth, all).await);
    let token = seed.token().mint();
    assert_eq!(seed.status("/list/listed", &token).await, 200);
    assert_eq!(seed.status("/list/listed", "garbage").await, 401);
    assert_eq!(
        recorder.series("auth_decisions_total"),
        expected([
            (r#"{route="GET /list/listed",outcome="allowed"}"#, 1.0),
            (
                r#"{route="GET /list/listed",outcome="unauthenticated"}"#,
                1.0
            ),
        ])
    );
}

#[tokio::test]
async fn each_route_that_a_request_passes_decides() {
    let (recorder, seed) = (Recorder::install(), api_with(|auth| auth, all).await);
    let token = seed.token().mint();
    assert_eq!(seed.status("/v1/forwarded", &token).await, 403);
    assert_eq!(
        recorder.series("auth_decisions_total"),
        expected([
            (r#"{route="GET /v1/forwarded",outcome="denied"}"#, 1.0),
            (
                r#"{route="GET /v1/forwarded/<_..>",outcome="allowed"}"#,
                1.0
            ),
        ])
    );
    assert_eq!(
        recorder.series("auth_tokens_total"),
        expected([(r#"{outcome="accepted",code="none",source="verified"}"#, 1.0)])
    );
}

#[tokio::test]
async fn without_keys_a_decision_has_failed() {
    let recorder = Recorder::install();
    let down = FaultServer::up(Answer::status("500 Internal Server Error"));
    let seed = api_with(|auth| auth.jwks_uri(down.uri()), all).await;
    let token = seed.token().mint();
    assert_eq!(seed.status("/v1/login", &token).await, 503);
    assert_eq!(
        recorder.series("auth_decisions_total"),
        expected([(r#"{route="GET /v1/login",outcome="failed"}"#, 1.0)])
    );
    let refused =
        r#"auth_tokens_total{outcome="refused",code="keys_unavailable",source="verified"}"#;
    assert_eq!(recorder.value(refused), Some(1.0));
}
