//! Tests `#[requires_claim(sub = "<user_id>")]`: the claim equals a segment of the request's path.

use std::sync::atomic::{AtomicUsize, Ordering};

use auth_runtime::testing::BearerExt;
use auth_runtime::{AuthError, Authorized, requires_claim, requires_scope, routes};
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::{Route, State, get};
use serde_json::{Value, json};

use super::{expect_each, forbidden_without_scope, local, reply, token};
use crate::support::*;

#[requires_claim(sub = "<user_id>")]
#[get("/users/<user_id>")]
fn user(user_id: &str) -> String {
    user_id.to_owned()
}

#[requires_claim(account = "<id>")]
#[get("/accounts/<id>/entries/<_>")]
fn account(id: u64) -> String {
    id.to_string()
}

#[requires_claim("/tenant/name" = "<tenant>", sub = "<user_id>")]
#[get("/<tenant>/members/<user_id>?<verbose>")]
fn member(tenant: &str, user_id: &str, verbose: Option<bool>) -> String {
    format!("{tenant}/{user_id}/{verbose:?}")
}

#[requires_claim(sub = "<name>")]
#[get("/files/<name>/<_rest..>")]
fn file(name: &str, _rest: std::path::PathBuf) -> String {
    name.to_owned()
}

fn all() -> Vec<Route> {
    routes![user, account, member, file]
}

#[tokio::test]
async fn only_the_owner_passes() {
    let seed = api(all()).await;
    let cases = [
        (json!({ "sub": "alice" }), true),
        (json!({ "sub": "bob" }), false),
        (json!({ "sub": "Alice" }), false),
        (json!({ "sub": "alice2" }), false),
        (json!({ "sub": "" }), false),
        (json!({ "sub": "<user_id>" }), false),
        (json!({ "sub": "users" }), false),
    ];
    expect_each(&seed, "/users/alice", &cases).await;
    let refused = reply(&seed, "/users/bob", &json!({ "sub": "alice" })).await;
    refused.expect(&forbidden_without_scope());
}

#[tokio::test]
async fn a_token_without_the_claim_owns_nothing() {
    let seed = api(all()).await;
    let token = seed.token().without_claim("sub").mint();
    assert_eq!(seed.status("/users/alice", &token).await, 403);
}

#[tokio::test]
async fn the_segment_is_decoded_as_rocket_decodes_it() {
    let seed = api(all()).await;
    let subject = json!({ "sub": "auth0|5/ä b" });
    let passed = reply(&seed, "/users/auth0%7C5%2F%C3%A4%20b", &subject).await;
    assert_eq!((passed.status, &*passed.body), (200, "auth0|5/ä b"));
    let encoded = json!({ "sub": "auth0%7C5" });
    let refused = reply(&seed, "/users/auth0%7C5", &encoded).await;
    assert_eq!(refused.status, 403);
    // In a path, a plus sign is not a space.
    let plus = reply(&seed, "/users/a+b", &json!({ "sub": "a b" })).await;
    assert_eq!(plus.status, 403);
}

#[tokio::test]
async fn a_parameter_is_compared_as_its_type_displays_it() {
    let seed = api(all()).await;
    let cases = [
        (json!({ "account": 42 }), true),
        (json!({ "account": "42" }), true),
        (json!({ "account": 43 }), false),
        (json!({ "account": "042" }), false),
        (json!({ "account": [42] }), false),
        (json!({ "account": 42.5 }), false),
        (json!({ "account": true }), false),
        (json!({}), false),
    ];
    expect_each(&seed, "/accounts/42/entries/7", &cases).await;
    // `u64` parses and displays it as `42`.
    let cases = [
        (json!({ "account": 42 }), true),
        (json!({ "account": "042" }), false),
    ];
    expect_each(&seed, "/accounts/042/entries/7", &cases).await;
    // The segment is not a `u64`, so the route does not match, and there is nothing to own.
    let refused = reply(&seed, "/accounts/x/entries/7", &json!({ "account": "x" })).await;
    assert_ne!(refused.status, 200);
}

#[tokio::test]
async fn a_claim_that_is_a_list_owns_nothing() {
    let seed = api(all()).await;
    let list = reply(
        &seed,
        "/acme/members/alice",
        &json!({ "sub": "alice", "tenant": { "name": ["acme"] } }),
    )
    .await;
    assert_eq!(list.status, 403);
}

#[tokio::test]
async fn several_segments_are_each_compared() {
    let seed = api(all()).await;
    let claims = |tenant: &str, sub: &str| json!({ "sub": sub, "tenant": { "name": tenant } });
    let cases = [
        (claims("acme", "alice"), true),
        (claims("alice", "acme"), false),
        (claims("acme", "bob"), false),
        (claims("other", "alice"), false),
    ];
    expect_each(&seed, "/acme/members/alice?verbose=true", &cases).await;
    let cases = [
        (json!({ "sub": "alice" }), true),
        (json!({ "sub": "x" }), false),
    ];
    expect_each(&seed, "/files/alice/x/y", &cases).await;
}

#[tokio::test]
async fn the_parameter_is_found_below_any_mount_point() {
    let build = |rocket: rocket::Rocket<rocket::Build>| rocket.mount("/api/v1", all());
    let seed = api_with(|auth| auth, build).await;
    let cases = [
        (json!({ "sub": "alice" }), true),
        (json!({ "sub": "bob" }), false),
        (json!({ "sub": "users" }), false),
        (json!({ "sub": "v1" }), false),
        (json!({ "sub": "api" }), false),
    ];
    expect_each(&seed, "/api/v1/users/alice", &cases).await;
    let path = "/api/v1/acme/members/alice";
    let member = json!({ "sub": "alice", "tenant": { "name": "acme" } });
    assert_eq!(reply(&seed, path, &member).await.status, 200);
}

#[tokio::test]
async fn empty_segments_do_not_shift_the_comparison() {
    let seed = api(all()).await;
    for path in ["//users//alice", "/users/alice/", "/users//alice"] {
        for (sub, owns) in [("alice", true), ("users", false), ("", false)] {
            let status = reply(&seed, path, &json!({ "sub": sub })).await.status;
            assert!(owns || status != 200, "{path} as {sub}: {status}");
        }
    }
}

// This route takes the guard of another one.

#[expect(clippy::needless_pass_by_value, reason = "guards are passed by value")]
#[requires_scope("support")]
#[get("/tickets/<_ticket>/of/<user_id>")]
fn ticket(_ticket: &str, user_id: &str, proof: Authorized<user>) -> String {
    format!("{user_id} {proof:?}")
}

#[requires_scope("support")]
#[get("/reports/<_name>")]
fn report(_name: &str, _proof: Authorized<user>) {}

#[tokio::test]
async fn a_route_with_the_guard_of_another_is_compared_by_its_own_path() {
    let seed = api(routes![ticket, report]).await;
    let claims = |sub: &str| json!({ "scope": "support", "sub": sub });
    let cases = [
        (claims("alice"), true),
        (claims("17"), false),
        (json!({ "sub": "alice" }), false),
    ];
    expect_each(&seed, "/tickets/17/of/alice", &cases).await;
    // Its path does not have a segment of that name.
    let cases = [(claims("alice"), false), (claims(""), false)];
    expect_each(&seed, "/reports/alice", &cases).await;
}

// These run before the refusal.

#[derive(Default)]
struct Runs {
    guards: AtomicUsize,
    handlers: AtomicUsize,
}

struct Recorded;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Recorded {
    type Error = AuthError;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, AuthError> {
        match request.rocket().state::<Runs>() {
            Some(runs) => {
                runs.guards.fetch_add(1, Ordering::SeqCst);
                Outcome::Success(Self)
            }
            None => Outcome::Forward(Status::InternalServerError),
        }
    }
}

#[requires_claim(sub = "<id>")]
#[get("/recorded/<id>")]
fn recorded(_first: Recorded, id: u8, runs: &State<Runs>) -> String {
    runs.handlers.fetch_add(1, Ordering::SeqCst);
    id.to_string()
}

#[tokio::test]
async fn handler_and_other_guards_do_not_run_for_another_caller() {
    let (client, issuer) =
        local(|rocket| rocket.manage(Runs::default()).mount("/", routes![recorded])).await;
    let get = async |path: &'static str, subject: &str| {
        let token = issuer.token().subject(subject).mint();
        client.get(path).bearer(&token).dispatch().await.status()
    };
    let runs = || {
        let runs: &Runs = client.rocket().state().unwrap();
        [&runs.guards, &runs.handlers].map(|count| count.load(Ordering::SeqCst))
    };

    assert_eq!(get("/recorded/7", "8").await, Status::Forbidden);
    // Another caller does not learn either that the segment is not a number.
    assert_eq!(get("/recorded/x", "8").await, Status::Forbidden);
    assert_eq!(runs(), [0, 0]);
    assert_eq!(get("/recorded/7", "7").await, Status::Ok);
    assert_eq!(runs(), [1, 1]);
}

#[tokio::test]
async fn a_missing_token_is_reported_before_ownership() {
    let seed = api(all()).await;
    let without = seed.app.get("/users/alice").send().await;
    without.expect(&AUTHORIZATION_MISSING);
    let forged: Value = json!({ "sub": "alice" });
    let forged = format!("{}x", token(&seed, &forged));
    let refused = seed.app.get_with("/users/alice", &forged).await;
    refused.expect(&INVALID_TOKEN);
}
