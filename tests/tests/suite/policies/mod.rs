//! Tests the policy language: which callers each attribute allows, and what it shows to the outside.

mod challenge;
mod claims;
mod enforcement;
mod foreign_attributes;
mod grants;
mod layers;
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

/// Returns a token with these claims in addition to those that every token has.
fn token(seed: &Seed, claims: &Value) -> String {
    let claims = claims.as_object().expect("claims are an object");
    claims
        .iter()
        .fold(seed.token(), |token, (name, value)| {
            token.claim(name, value.clone())
        })
        .mint()
}

/// Returns the reply of `GET` to a token with these claims.
async fn reply(seed: &Seed, path: &str, claims: &Value) -> Reply {
    seed.app.get_with(path, &token(seed, claims)).await
}

/// Asserts that `GET` allows exactly the expected ones of these claims, and answers the others with
/// 403.
async fn expect_each(seed: &Seed, path: &str, cases: &[(Value, bool)]) {
    for (claims, passes) in cases {
        let status = reply(seed, path, claims).await.status;
        let expected = if *passes { 200 } else { 403 };
        assert_eq!(status, expected, "{path} with {claims}");
    }
}

/// Returns the 403 of a route whose challenge does not name scopes.
fn forbidden_without_scope() -> Refusal {
    Refusal {
        challenge: Some(r#"Bearer error="insufficient_scope""#.into()),
        ..forbidden("")
    }
}

/// Launches an application without sockets, whose state a test can inspect.
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
