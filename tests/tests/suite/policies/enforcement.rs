//! Tests when a policy is checked in a request, and what does not happen after a refusal.

use std::sync::atomic::{AtomicUsize, Ordering};

use auth_runtime::testing::BearerExt;
use auth_runtime::{AuthError, public, requires_auth, requires_scope, routes};
use rocket::data::{self, Data, FromData};
use rocket::http::{Method, Status};
use rocket::{Request, State, catch, catchers, get, head, post};
use serde_json::json;

use super::{local, reply, token};
use crate::support::*;

#[requires_scope("a")]
#[get("/page")]
fn page() -> &'static str {
    "page"
}

#[requires_scope("numbers")]
#[get("/items/<id>", rank = 1)]
fn numbered(id: u64) -> String {
    format!("number {id}")
}

#[requires_scope("names")]
#[get("/items/<name>", rank = 2)]
fn named(name: &str) -> String {
    format!("name {name}")
}

#[public]
#[get("/items/<_name>", rank = 3)]
fn anything(_name: &str) -> &'static str {
    "anything"
}

#[requires_scope("head")]
#[head("/headers")]
fn headers() {}

#[tokio::test]
async fn a_head_request_is_checked_like_a_get_request() {
    let seed = api(routes![page, headers]).await;
    for (path, scope) in [("/page", "a"), ("/headers", "head")] {
        let call = |token: &str| {
            let call = seed.app.request(reqwest::Method::HEAD, path);
            call.bearer(token).send()
        };
        assert_eq!(call(&seed.token().mint()).await.status, 403, "{path}");
        let granted = seed.token().scope(scope).mint();
        assert_eq!(call(&granted).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn a_refusal_is_not_forwarded_to_a_weaker_route_with_the_same_path() {
    let seed = api(routes![numbered, named, anything]).await;
    for path in ["/items/7", "/items/x"] {
        let refused = reply(&seed, path, &json!({ "scope": "names" })).await;
        refused.expect(&forbidden("numbers"));
        seed.app
            .get(path)
            .send()
            .await
            .expect(&AUTHORIZATION_MISSING);
    }
}

#[tokio::test]
async fn a_route_that_gets_a_forwarded_request_is_checked_again() {
    let seed = api(routes![numbered, named]).await;
    let numbers = json!({ "scope": "numbers" });
    assert_eq!(reply(&seed, "/items/7", &numbers).await.body, "number 7");
    let refused = reply(&seed, "/items/x", &numbers).await;
    refused.expect(&forbidden("names"));
    let both = json!({ "scope": "numbers names" });
    assert_eq!(reply(&seed, "/items/x", &both).await.body, "name x");
}

#[derive(Default)]
struct Runs(AtomicUsize);

struct Body;

#[rocket::async_trait]
impl<'r> FromData<'r> for Body {
    type Error = AuthError;

    async fn from_data(request: &'r Request<'_>, _: Data<'r>) -> data::Outcome<'r, Self> {
        if let Some(runs) = request.rocket().state::<Runs>() {
            runs.0.fetch_add(1, Ordering::SeqCst);
        }
        data::Outcome::Success(Self)
    }
}

#[requires_auth]
#[post("/upload/<_id>?<_size>", data = "<_body>")]
fn upload(_id: u8, _size: u8, runs: &State<Runs>, _body: Body) -> String {
    runs.0.load(Ordering::SeqCst).to_string()
}

#[catch(422)]
fn unprocessable() -> &'static str {
    "the parameters do not parse"
}

#[tokio::test]
async fn the_policy_is_checked_before_body_and_parameters_are_read() {
    let build = |rocket: rocket::Rocket<rocket::Build>| {
        rocket
            .manage(Runs::default())
            .mount("/", routes![upload])
            .register("/", catchers![unprocessable])
    };
    let (client, issuer) = local(build).await;
    for path in ["/upload/1?_size=1", "/upload/x?_size=x", "/upload/x"] {
        let response = client.post(path).body("x").dispatch().await;
        assert_eq!(response.status(), Status::Unauthorized, "{path}");
    }
    let runs = || client.rocket().state::<Runs>().unwrap();
    assert_eq!(runs().0.load(Ordering::SeqCst), 0);

    let good = issuer.token().mint();
    let request = client.req(Method::Post, "/upload/1?_size=1");
    let response = request.bearer(&good).body("x").dispatch().await;
    assert_eq!(response.into_string().await.as_deref(), Some("1"));
}

#[tokio::test]
async fn a_public_route_ignores_tokens() {
    let seed = api(routes![anything]).await;
    for authorization in ["Bearer a.b", "Bearer", "Basic dTpw", "Bearer a b"] {
        let call = seed.app.get("/items/x");
        let reply = call.header("Authorization", authorization).send().await;
        assert_eq!(reply.body, "anything", "{authorization}");
    }
}

#[tokio::test]
async fn one_route_can_be_mounted_at_several_places() {
    let build = |rocket: rocket::Rocket<rocket::Build>| {
        rocket
            .mount("/", routes![page])
            .mount("/other", routes![page])
    };
    let seed = api_with(|auth| auth, build).await;
    for path in ["/page", "/other/page"] {
        let granted = token(&seed, &json!({ "scope": "a" }));
        assert_eq!(seed.status(path, &granted).await, 200);
        assert_eq!(seed.status(path, &seed.token().mint()).await, 403);
    }
}
