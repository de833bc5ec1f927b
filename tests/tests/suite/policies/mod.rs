//! The policy language: whom each attribute lets through and whom it refuses, and what of it can be
//! seen from outside.

mod challenge;
mod claims;
mod enforcement;
mod grants;
mod lock_file;
mod login;
mod merging;
mod mixed;
mod modules;
mod mounted;
mod nesting;
mod not_found;
mod optional_token;
mod ownership;
pub(crate) mod process;
mod refusal_proof;
mod report_only;
mod rules;
mod table;
mod undeclared_routes;
mod vocabulary;
mod witness;

use auth_runtime::Auth;
use auth_runtime::issuer::LocalIssuer;
use rocket::local::asynchronous::Client;
use rocket::{Build, Rocket};
use serde_json::Value;

use crate::support::*;

/// A token with these claims beside those that every token has.
fn token(seed: &Seed, claims: &Value) -> String {
    let claims = claims.as_object().expect("claims are an object");
    claims
        .iter()
        .fold(seed.token(), |token, (name, value)| {
            token.claim(name, value.clone())
        })
        .mint()
}

/// What `GET` says to a token with these claims.
async fn reply(seed: &Seed, path: &str, claims: &Value) -> Reply {
    seed.app.get_with(path, &token(seed, claims)).await
}

/// Asserts for each of these claims whether `GET` lets them through, and that the others are
/// answered with 403.
async fn expect_each(seed: &Seed, path: &str, cases: &[(Value, bool)]) {
    for (claims, passes) in cases {
        let status = reply(seed, path, claims).await.status;
        let expected = if *passes { 200 } else { 403 };
        assert_eq!(status, expected, "{path} with {claims}");
    }
}

/// A 403 of a route that names no scope.
fn forbidden_without_scope() -> Refusal {
    Refusal {
        challenge: Some(r#"Bearer error="insufficient_scope""#.into()),
        ..forbidden("")
    }
}

/// An application without sockets, whose state a test can look at.
async fn local(build: impl FnOnce(Rocket<Build>) -> Rocket<Build>) -> (Client, LocalIssuer) {
    let issuer = LocalIssuer::start("https://api.test").await;
    let issuer = issuer.expect("the local issuer starts");
    let auth = Auth::builder()
        .issuer(issuer.url())
        .audience(issuer.audience());
    let rocket = build(rocket::custom(quiet()).attach(auth.fairing()));
    let client = Client::untracked(rocket).await;
    (client.expect("the application launches"), issuer)
}
