//! Tests `Authorized<handler>`, the proof for inner layers that a route's policy was checked.

#![expect(clippy::needless_pass_by_value, reason = "guards are passed by value")]

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};

use auth_runtime::testing::BearerExt;
use auth_runtime::{
    AccessToken, Auth, Authorized, Protected, Rule, RuleError, public, requires, requires_auth,
    requires_claim, requires_scope, routes,
};
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome};
use rocket::{Request, delete, get, post};
use serde_json::json;

use super::{local, token};
use crate::support::*;

#[requires_scope("delete:messages")]
#[delete("/messages/<id>")]
fn delete_message(id: u64, proof: Authorized<delete_message>) -> String {
    purge(&proof, id)
}

/// Deletes messages. It cannot be called for a caller who may not do so.
fn purge(_: &Authorized<delete_message>, id: u64) -> String {
    format!("purged {id}")
}

/// Reads messages for a caller who meets the policy of some route.
fn read<R: Protected>(_: &Authorized<R>) -> String {
    R::POLICY.to_string()
}

#[requires_scope("read")]
#[post("/read")]
fn read_message(proof: Authorized<read_message>) -> String {
    read(&proof)
}

/// Requires more than its own attribute.
#[requires_scope("batch")]
#[post("/batch")]
fn batch(delete: Authorized<delete_message>, read_too: Authorized<read_message>) -> String {
    format!("{}, {}", purge(&delete, 1), read(&read_too))
}

#[public]
#[get("/open")]
fn open(proof: Authorized<open>) -> String {
    read(&proof)
}

#[tokio::test]
async fn a_handler_can_take_the_proof_of_its_own_policy() {
    let seed = api(routes![delete_message, open]).await;
    let call = |token: &str| {
        let call = seed.app.request(reqwest::Method::DELETE, "/messages/7");
        call.bearer(token).send()
    };
    let refused = call(&seed.token().mint()).await;
    refused.expect(&forbidden("delete:messages"));
    let passed = call(&seed.token().scope("delete:messages").mint()).await;
    assert_eq!(passed.body, "purged 7");
    let public = seed.app.get("/open").send().await;
    assert_eq!((public.status, &*public.body), (200, "public"));
}

/// Counts how often it is asked.
struct Counted;

static ASKED: AtomicUsize = AtomicUsize::new(0);

#[rocket::async_trait]
impl Rule for Counted {
    async fn allows(&self, token: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        ASKED.fetch_add(1, Ordering::Relaxed);
        Ok(token.has_scope("a"))
    }
}

#[requires(Counted)]
#[requires_scope("later", report_only)]
#[get("/counted")]
fn counted(proof: Authorized<counted>) -> String {
    read(&proof)
}

#[tokio::test]
async fn rules_and_reports_run_once_for_a_route() {
    let (client, issuer) = local(|rocket| rocket.mount("/", routes![counted])).await;
    let auth = client.rocket().state::<Auth>().unwrap();
    let status = async |scope| {
        let token = issuer.token().scope(scope).mint();
        client
            .get("/counted")
            .bearer(&token)
            .dispatch()
            .await
            .status()
    };
    for times in 1..=3 {
        assert_eq!(status("a").await, Status::Ok);
        assert_eq!(ASKED.load(Ordering::Relaxed), times);
        assert_eq!(auth.report_only_denials(), times as u64);
    }
    assert_eq!(status("b").await, Status::Forbidden);
    assert_eq!(ASKED.load(Ordering::Relaxed), 4);
}

/// Forwards every request to the next route.
struct Forwards;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Forwards {
    type Error = Infallible;

    async fn from_request(_: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Forward(Status::NotFound)
    }
}

/// A rule that allows everyone.
struct Anyone;

#[rocket::async_trait]
impl Rule for Anyone {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(true)
    }
}

/// Takes the proof of a route whose `<user_id>` is another segment.
#[requires_auth]
#[get("/x/<user_id>/<_>", rank = 1)]
fn first(user_id: &str, proof: Authorized<second>, forwards: Forwards) {
    let (_, _, _) = (user_id, proof, forwards);
}

#[requires_claim(sub = "<user_id>")]
#[requires(Anyone)]
#[get("/x/<_>/<user_id>", rank = 2)]
fn second(user_id: &str) -> String {
    format!("letters of {user_id}")
}

#[tokio::test]
async fn a_decision_for_one_route_does_not_apply_after_a_forward() {
    let seed = api(routes![first, second]).await;
    let me = token(&seed, &json!({ "sub": "me" }));
    let other = seed.app.get_with("/x/me/victim", &me).await;
    assert_eq!(other.status, 403, "{}", other.body);
    let own = seed.app.get_with("/x/me/me", &me).await;
    assert_eq!((own.status, &*own.body), (200, "letters of me"));
}

#[tokio::test]
async fn a_handler_with_the_proof_of_another_route_requires_that_routes_policy() {
    let seed = api(routes![batch, read_message]).await;
    let call = async |scope: &str| {
        let call = seed.app.request(reqwest::Method::POST, "/batch");
        let token = token(&seed, &json!({ "scope": scope }));
        call.bearer(&token).send().await
    };
    call("delete:messages read")
        .await
        .expect(&forbidden("batch"));
    call("batch read")
        .await
        .expect(&forbidden("delete:messages"));
    call("batch delete:messages")
        .await
        .expect(&forbidden("read"));
    let passed = call("batch delete:messages read").await;
    assert_eq!(passed.body, r#"purged 1, requires_scope("read")"#);
}
