//! Tests `&AccessToken` in handlers and guards.

use auth_runtime::{
    AccessToken, AuthError, OptionalToken, UndeclaredRoutes, requires_auth, requires_scope, routes,
};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::serde::json::Json;
use rocket::serde::{Deserialize, Serialize};
use rocket::{get, post};
use serde_json::json;

use crate::support::*;

#[derive(Deserialize, Serialize)]
#[serde(crate = "rocket::serde")]
struct Caller {
    sub: String,
    org_id: Option<String>,
}

/// A guard of the application that takes the token itself.
struct Seen<'r>(&'r AccessToken);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Seen<'r> {
    type Error = AuthError;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, AuthError> {
        request.guard::<&AccessToken>().await.map(Self)
    }
}

#[get("/subject")]
fn subject(token: &AccessToken) -> String {
    token.subject().unwrap_or("nobody").to_owned()
}

// Our attributes do not compile with this argument and the next, so these are plain routes of Rocket.
#[get("/greeting")]
fn greeting(token: Option<&AccessToken>) -> String {
    format!(
        "Hello, {}",
        token.and_then(AccessToken::subject).unwrap_or("stranger")
    )
}

#[get("/why")]
fn why(token: Result<&AccessToken, AuthError>) -> String {
    token.map_or_else(|error| error.to_string(), |_| "welcome".to_owned())
}

#[requires_auth]
#[get("/drafts/<scope>")]
fn drafts(token: &AccessToken, scope: &str) -> Result<&'static str, AuthError> {
    token.require_scope(scope)?;
    Ok("drafts")
}

#[requires_scope("a")]
#[get("/once")]
#[expect(clippy::needless_pass_by_value, reason = "guards are passed by value")]
fn once(first: &AccessToken, seen: Seen<'_>, second: OptionalToken<'_>) -> String {
    let second = second.token();
    let same =
        std::ptr::eq(first, seen.0) && second.is_some_and(|token| std::ptr::eq(first, token));
    same.to_string()
}

#[requires_auth]
#[get("/caller")]
fn caller(token: &AccessToken) -> Option<Json<Caller>> {
    token.claims_as().ok().map(Json)
}

#[requires_auth]
#[get("/facts")]
fn facts(token: &AccessToken) -> String {
    let scopes: Vec<_> = token.scopes().collect();
    let org = token.claims().get("org_id");
    let has = (token.has_scope("a"), token.has_scope("c"));
    format!(
        "{:?} {:?} {scopes:?} {org:?} {has:?}",
        token.subject(),
        token.issuer().is_some()
    )
}

#[requires_auth]
#[post("/caller", data = "<caller>")]
fn replace(caller: Json<Caller>) -> String {
    caller.into_inner().sub
}

async fn start() -> Seed {
    let mut routes = routes![drafts, once, caller, facts, replace];
    // The guard also protects a route without attributes, with Rocket's own `routes!`.
    routes.extend(rocket::routes![subject, greeting, why]);
    api_with(
        |auth| auth.undeclared_routes(UndeclaredRoutes::Allow),
        |rocket| rocket.mount("/", routes),
    )
    .await
}

#[tokio::test]
async fn the_guard_without_attributes_refuses_requests_without_a_valid_token() {
    let api = start().await;
    let reply = api
        .app
        .get_with("/subject", &api.token().subject("auth0|42").mint())
        .await;
    reply.expect_success();
    assert_eq!(reply.body, "auth0|42");
    api.app
        .get("/subject")
        .send()
        .await
        .expect(&AUTHORIZATION_MISSING);
    api.app
        .get_with("/subject", "x")
        .await
        .expect(&INVALID_TOKEN);
    api.app
        .get_with("/subject", &api.token().expired().mint())
        .await
        .expect(&TOKEN_EXPIRED);
    let other = api.token().other_audience().mint();
    api.app
        .get_with("/subject", &other)
        .await
        .expect(&INVALID_CLAIMS);
    api.app
        .get_with("/subject", &api.token().unknown_key().mint())
        .await
        .expect(&UNKNOWN_KEY);
}

#[tokio::test]
async fn a_token_that_may_be_missing_is_none_when_missing_or_refused() {
    let api = start().await;
    let known = api
        .app
        .get_with("/greeting", &api.token().subject("Ann").mint())
        .await;
    assert_eq!((known.status, &*known.body), (200, "Hello, Ann"));
    for token in ["", "x", &api.token().expired().mint()] {
        let stranger = api.app.get_with("/greeting", token).await;
        assert_eq!((stranger.status, &*stranger.body), (200, "Hello, stranger"));
    }
    let stranger = api.app.get("/greeting").send().await;
    assert_eq!((stranger.status, &*stranger.body), (200, "Hello, stranger"));
}

#[tokio::test]
async fn a_result_gives_the_handler_the_reason_for_a_missing_token() {
    let api = start().await;
    let body = async |token: &str| api.app.get_with("/why", token).await.body;
    assert_eq!(body(&api.token().mint()).await, "welcome");
    assert_eq!(
        body(&api.token().expired().mint()).await,
        TOKEN_EXPIRED.description
    );
    assert_eq!(body("x").await, INVALID_TOKEN.description);
}

#[tokio::test]
async fn a_scope_that_the_handler_requires_is_refused_like_a_scope_of_the_route() {
    let api = start().await;
    let token = api.token().scope("read:drafts").mint();
    api.app
        .get_with("/drafts/read:drafts", &token)
        .await
        .expect_success();
    let reply = api.app.get_with("/drafts/write:drafts", &token).await;
    reply.expect(&forbidden("write:drafts"));
}

#[tokio::test]
async fn an_invalid_scope_is_refused_without_naming_it_in_the_challenge() {
    let api = start().await;
    let token = api.token().scope("a b").mint();
    let challenge = r#"Bearer error="insufficient_scope""#;
    let refusal = Refusal {
        challenge: Some(challenge.into()),
        ..forbidden("")
    };
    for no_scope in [
        "a%20b",
        "a%22,%20error=%22x",
        "%C3%A9",
        "a%0D%0AX-Header:%20y",
    ] {
        let reply = api
            .app
            .get_with(&format!("/drafts/{no_scope}"), &token)
            .await;
        reply.expect(&refusal);
        assert_eq!(reply.header("X-Header"), None);
    }
}

#[tokio::test]
async fn all_guards_of_a_request_share_one_verified_token() {
    let api = start().await;
    let reply = api
        .app
        .get_with("/once", &api.token().scope("a").mint())
        .await;
    assert_eq!((reply.status, &*reply.body), (200, "true"));
}

#[tokio::test]
async fn a_refused_token_is_verified_once_for_all_guards_of_a_request() {
    #[get("/")]
    fn thrice(a: Option<&AccessToken>, b: Option<&AccessToken>, c: Option<&AccessToken>) -> String {
        [a, b, c].iter().flatten().count().to_string()
    }
    let server = FaultServer::up(Answer::Held);
    let uri = server.uri();
    let no_cooldown = |auth: auth_runtime::AuthBuilder| {
        auth.jwks_uri(uri)
            .jwks_cooldown(std::time::Duration::ZERO)
            .undeclared_routes(UndeclaredRoutes::Allow)
    };
    let api = api_with(no_cooldown, |rocket| {
        rocket.mount("/", rocket::routes![thrice])
    })
    .await;
    server.keys(Answer::keys(api.issuer.jwks()));
    assert_eq!(api.app.get_with("/", &api.token().mint()).await.body, "3");
    assert_eq!(server.hits(), 1);
    // Without a cool-down, each verification with an unknown key costs a fetch.
    assert_eq!(
        api.app
            .get_with("/", &api.token().unknown_key().mint())
            .await
            .body,
        "0"
    );
    assert_eq!(server.hits(), 2);
}

#[tokio::test]
async fn claims_can_be_read_as_a_type_and_by_name() {
    let api = start().await;
    let token = api
        .token()
        .subject("auth0|42")
        .claim("org_id", "acme")
        .scope("a  b");
    let typed = api.app.get_with("/caller", &token.clone().mint()).await;
    assert_eq!(typed.json(), json!({ "sub": "auth0|42", "org_id": "acme" }));
    let facts = api.app.get_with("/facts", &token.mint()).await;
    let expected = r#"Some("auth0|42") true ["a", "b"] Some(String("acme")) (true, false)"#;
    assert_eq!(facts.body, expected);
    // The handler decides what to do with claims that do not fit.
    let other = api.token().claim("org_id", 1).mint();
    assert_eq!(api.status("/caller", &other).await, 404);
}

#[tokio::test]
async fn the_caller_is_checked_before_the_body_is_read() {
    let api = start().await;
    let post = || api.app.request(reqwest::Method::POST, "/caller");
    post()
        .body("no JSON")
        .send()
        .await
        .expect(&AUTHORIZATION_MISSING);
    let token = api.token().mint();
    assert_eq!(
        post().bearer(&token).body("no JSON").send().await.status,
        400
    );
    let reply = post().bearer(&token).body(r#"{"sub":"b"}"#).send().await;
    assert_eq!((reply.status, &*reply.body), (200, "b"));
}
