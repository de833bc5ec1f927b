//! Tests `OptionalToken`: the caller is anonymous or verified, and never forged.

use auth_runtime::{OptionalToken, public, requires_scope, routes};
use rocket::get;

use crate::support::*;

#[public]
#[get("/greeting")]
fn greeting(caller: OptionalToken<'_>) -> String {
    match caller.token() {
        Some(token) => format!("Hello, {}", token.subject().unwrap_or_default()),
        None => "Hello, stranger".to_owned(),
    }
}

#[requires_scope("a")]
#[get("/protected")]
fn protected(caller: OptionalToken<'_>) -> String {
    caller.token().is_some().to_string()
}

async fn start() -> Seed {
    api(routes![greeting, protected]).await
}

#[tokio::test]
async fn without_credentials_the_caller_is_anonymous() {
    let seed = start().await;
    let reply = seed.app.get("/greeting").send().await;
    assert_eq!((reply.status, &*reply.body), (200, "Hello, stranger"));
    let empty = seed.app.get("/greeting").header("Authorization", "");
    assert_eq!(empty.send().await.body, "Hello, stranger");
}

#[tokio::test]
async fn with_a_valid_token_the_caller_is_known() {
    let seed = start().await;
    let token = seed.token().subject("alice").mint();
    let reply = seed.app.get_with("/greeting", &token).await;
    assert_eq!((reply.status, &*reply.body), (200, "Hello, alice"));
}

#[tokio::test]
async fn an_invalid_token_is_refused_as_on_a_protected_route() {
    let seed = start().await;
    let cases = [
        (seed.token().other_key().mint(), INVALID_TOKEN),
        (seed.token().tampered().mint(), INVALID_TOKEN),
        (seed.token().expired().mint(), TOKEN_EXPIRED),
        (seed.token().other_audience().mint(), INVALID_CLAIMS),
        (seed.token().unknown_key().mint(), UNKNOWN_KEY),
        ("a.b".to_owned(), INVALID_TOKEN),
        ("a b".to_owned(), AUTHORIZATION_MALFORMED),
    ];
    for (token, refusal) in cases {
        seed.app
            .get_with("/greeting", &token)
            .await
            .expect(&refusal);
    }
}

#[tokio::test]
async fn credentials_of_another_scheme_are_refused() {
    let seed = start().await;
    let basic = seed
        .app
        .get("/greeting")
        .header("Authorization", "Basic dTpw");
    basic.send().await.expect(&SCHEME_NOT_BEARER);
    let bare = seed.app.get("/greeting").header("Authorization", "Bearer");
    bare.send().await.expect(&TOKEN_MISSING);
}

#[tokio::test]
async fn an_optional_token_does_not_weaken_the_policy() {
    let seed = start().await;
    let refused = seed.app.get("/protected").send().await;
    refused.expect(&AUTHORIZATION_MISSING);
    let token = seed.token().mint();
    seed.app
        .get_with("/protected", &token)
        .await
        .expect(&forbidden("a"));
    let token = seed.token().scope("a").mint();
    assert_eq!(seed.app.get_with("/protected", &token).await.body, "true");
}
