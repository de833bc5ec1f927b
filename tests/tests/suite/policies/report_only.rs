//! Tests report-only requirements: a request that would be refused is logged and counted, and passes.

use auth_runtime::testing::BearerExt;
use auth_runtime::{
    AccessToken, Auth, Rule, RuleError, public, requires, requires_auth, requires_claim,
    requires_scope, routes,
};
use rocket::http::Status;
use rocket::local::asynchronous::Client;
use rocket::{Request, Route, get};
use serde_json::json;

use super::{local, process};
use crate::support::*;

struct Never;

#[rocket::async_trait]
impl Rule for Never {
    async fn allows(&self, _: &AccessToken, request: &Request<'_>) -> Result<bool, RuleError> {
        match request.headers().get_one("X-Error") {
            Some(error) => Err(error.into()),
            None => Ok(false),
        }
    }
}

struct Always(u8);

#[rocket::async_trait]
impl Rule for Always {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(self.0 > 0)
    }
}

#[requires_scope("a", "b", report_only)]
#[get("/reported")]
fn reported() {}

#[requires_scope("a")]
#[requires_claim(org_id = "acme", not_found, report_only)]
#[get("/half")]
fn half() {}

#[requires_claim(org_id = "acme", report_only)]
#[requires(Always(1))]
#[requires(Always(2))]
#[get("/rules")]
fn rules() {}

#[requires(Never, report_only)]
#[get("/never")]
fn never() {}

#[requires_claim(org_id = "acme", report_only)]
#[requires_scope("a")]
#[get("/refused-later")]
fn refused_later() {}

#[requires_scope("a")]
#[get("/scope")]
fn scope() {}

#[requires_auth(max_age = 60)]
#[get("/login")]
fn login() {}

#[public]
#[get("/open")]
fn open() {}

fn all() -> Vec<Route> {
    routes![
        reported,
        half,
        rules,
        never,
        refused_later,
        scope,
        login,
        open
    ]
}

fn reports(client: &Client) -> u64 {
    let auth: &Auth = client.rocket().state().unwrap();
    auth.report_only_denials()
}

async fn status(client: &Client, path: &str, token: &str) -> u16 {
    let request = client.get(path.to_owned()).bearer(token);
    request.dispatch().await.status().code
}

#[tokio::test]
async fn an_unmet_requirement_is_counted_and_the_request_passes() {
    let (client, issuer) = local(|rocket| rocket.mount("/", all())).await;
    assert_eq!(
        status(&client, "/reported", &issuer.token().mint()).await,
        200
    );
    assert_eq!(reports(&client), 1);
    let met = issuer.token().scope("a b").mint();
    assert_eq!(status(&client, "/reported", &met).await, 200);
    assert_eq!(reports(&client), 1);
}

#[tokio::test]
async fn the_flag_applies_only_to_its_attribute() {
    let (client, issuer) = local(|rocket| rocket.mount("/", all())).await;
    assert_eq!(status(&client, "/half", &issuer.token().mint()).await, 403);
    let scoped = issuer.token().scope("a").mint();
    assert_eq!(status(&client, "/half", &scoped).await, 200);
    assert_eq!(reports(&client), 1);
}

#[tokio::test]
async fn a_request_is_counted_once_even_if_several_rules_are_asked() {
    let (client, issuer) = local(|rocket| rocket.mount("/", all())).await;
    assert_eq!(status(&client, "/rules", &issuer.token().mint()).await, 200);
    assert_eq!(reports(&client), 1);
}

#[tokio::test]
async fn a_request_that_is_refused_in_the_end_is_not_counted() {
    let (client, issuer) = local(|rocket| rocket.mount("/", all())).await;
    assert_eq!(
        status(&client, "/refused-later", &issuer.token().mint()).await,
        403
    );
    assert_eq!(reports(&client), 0);
}

#[tokio::test]
async fn a_report_only_rule_that_fails_does_not_refuse_the_request() {
    let (client, issuer) = local(|rocket| rocket.mount("/", all())).await;
    let token = issuer.token().mint();
    assert_eq!(status(&client, "/never", &token).await, 200);
    assert_eq!(reports(&client), 1);
    let header = rocket::http::Header::new("X-Error", "the database is down");
    let request = client.get("/never").bearer(&token).header(header);
    assert_eq!(request.dispatch().await.status(), Status::Ok);
    assert_eq!(reports(&client), 2);
}

#[tokio::test]
async fn authentication_is_never_report_only() {
    let (client, issuer) = local(|rocket| rocket.mount("/", all())).await;
    let response = client.get("/reported").dispatch().await;
    assert_eq!(response.status(), Status::Unauthorized);
    let tokens = [
        issuer.token().expired(),
        issuer.token().other_key(),
        issuer.token().other_audience(),
    ];
    for token in tokens {
        assert_eq!(status(&client, "/reported", &token.mint()).await, 401);
    }
    assert_eq!(reports(&client), 0);
}

#[tokio::test]
async fn the_configuration_makes_every_requirement_report_only() {
    let seed = api_with(
        |auth| auth.with("report_only", true),
        |rocket| rocket.mount("/", all()),
    )
    .await;
    let token = seed.token().mint();
    for path in ["/reported", "/half", "/never", "/scope", "/refused-later"] {
        assert_eq!(seed.status(path, &token).await, 200, "{path}");
        seed.app
            .get(path)
            .send()
            .await
            .expect(&AUTHORIZATION_MISSING);
        let forged = seed.token().other_key().mint();
        seed.app
            .get_with(path, &forged)
            .await
            .expect(&INVALID_TOKEN);
    }
    // How the caller logged in is part of authentication.
    assert_eq!(seed.status("/login", &token).await, 401);
    let recent = super::token(&seed, &json!({ "auth_time": now() }));
    assert_eq!(seed.status("/login", &recent).await, 200);
}

#[test]
#[ignore = "run by the test below it, as a process"]
fn logs_reports() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let issuer = auth_runtime::issuer::LocalIssuer::start("https://api.test").await;
        let issuer = issuer.unwrap();
        let auth = Auth::builder()
            .issuer(issuer.url())
            .audience(issuer.audience())
            .with("report_only", true);
        let figment = quiet().merge(("log_level", "normal"));
        let rocket = rocket::custom(figment).attach(auth.fairing());
        let app = App::launch(rocket.mount("/", all())).await;
        app.get_with("/half?secret=1", &issuer.token().subject("alice").mint())
            .await
            .expect_success();
    });
}

#[test]
fn the_log_names_the_unmet_requirement_the_policy_and_the_setting() {
    let log = process::run("policies::report_only::logs_reports", &[]);
    let lines = [
        r#"report only: GET /half does not meet requires_scope("a") of requires_scope("a") requires_claim(org_id = "acme", not_found, report_only), and passes"#,
        r#"report only: GET /half does not meet requires_claim(org_id = "acme", not_found, report_only) of "#,
        "`report_only` is on",
    ];
    for line in lines {
        assert!(log.contains(line), "{line}\nis not in\n{log}");
    }
    assert!(!log.contains("alice"), "{log}");
}
