//! Tests keys at the address that the issuer's metadata name.

use super::*;

const OPENID: &str = "/realm/.well-known/openid-configuration";
const OAUTH: &str = "/.well-known/oauth-authorization-server/realm";

fn metadata(issuer: &str, uri: &str) -> Answer {
    Answer::keys(json!({"issuer": issuer, "jwks_uri": uri, "more": [1]}).to_string())
}

/// Launches an application that reads metadata. Returns it with its issuer.
async fn launch_by_metadata(server: &FaultServer) -> (App, String) {
    let issuer = server.url("/realm");
    let more = "discovery = true\njwks_timeout = 1\njwks_cooldown = 86400";
    let app = launch(&format!("issuer = '{issuer}'\n{more}")).await;
    (app, issuer)
}

fn token_by(issuer: &str) -> String {
    token_of(
        RS256,
        json!({"alg": "RS256", "kid": "a"}),
        &claims_of(issuer),
    )
}

#[tokio::test]
async fn keys_are_fetched_from_the_address_in_the_metadata() {
    let server = FaultServer::up(Answer::keys(keys(&["a"])));
    server.answer(
        OPENID,
        metadata(&server.url("/realm"), &server.url("/keys")),
    );
    let (app, issuer) = launch_by_metadata(&server).await;
    app.ask(&token_by(&issuer)).await.expect_success();
    assert_eq!(server.paths(), [OPENID, "/keys"]);
    // The address is known now. The metadata are only read again if the keys there do not help.
    app.ask(&token("unknown")).await.expect(&UNKNOWN_KEY);
    assert_eq!(server.paths(), [OPENID, "/keys", "/keys", OPENID]);
}

#[tokio::test]
async fn without_openid_metadata_oauth_metadata_are_read() {
    let server = FaultServer::up(Answer::keys(keys(&["a"])));
    server.answer(OAUTH, metadata(&server.url("/realm"), &server.url("/keys")));
    let (app, issuer) = launch_by_metadata(&server).await;
    app.ask(&token_by(&issuer)).await.expect_success();
    assert_eq!(server.paths(), [OPENID, OAUTH, "/keys"]);
}

#[tokio::test]
async fn if_openid_metadata_are_unusable_oauth_metadata_are_read() {
    for page in [
        Answer::keys("<!doctype html><title>Sign in</title>"),
        Answer::keys("{}"),
        Answer::status("503 Service Unavailable"),
        Answer::Reset,
    ] {
        let server = FaultServer::up(Answer::keys(keys(&["a"])));
        server.answer(OPENID, page);
        server.answer(OAUTH, metadata(&server.url("/realm"), &server.url("/keys")));
        let (app, issuer) = launch_by_metadata(&server).await;
        app.ask(&token_by(&issuer)).await.expect_success();
    }
}

#[tokio::test]
async fn metadata_may_begin_with_a_byte_order_mark() {
    let server = FaultServer::up(Answer::keys(keys(&["a"])));
    let (issuer, uri) = (server.url("/realm"), server.url("/keys"));
    let text = json!({"issuer": issuer, "jwks_uri": uri});
    server.answer(OPENID, Answer::keys(format!("\u{feff}{text}")));
    let (app, issuer) = launch_by_metadata(&server).await;
    app.ask(&token_by(&issuer)).await.expect_success();
}

#[tokio::test]
async fn keys_that_have_moved_are_found_although_the_old_address_still_answers() {
    let server = FaultServer::up(Answer::keys(keys(&["a"])));
    server.answer(
        OPENID,
        metadata(&server.url("/realm"), &server.url("/keys")),
    );
    let (app, issuer) = launch_by_metadata(&server).await;
    app.ask(&token_by(&issuer)).await.expect_success();
    server.answer("/moved", Answer::keys(keys(&["b"])));
    server.answer(OPENID, metadata(&issuer, &server.url("/moved")));
    let moved = token_of(
        RS256,
        json!({"alg": "RS256", "kid": "b"}),
        &claims_of(&issuer),
    );
    app.ask(&moved).await.expect_success();
    assert_eq!(server.paths(), [OPENID, "/keys", "/keys", OPENID, "/moved"]);
    // The key of the address that is no longer named is gone.
    app.ask(&token_by(&issuer)).await.expect(&KEYS_UNAVAILABLE);
}

#[tokio::test]
async fn metadata_of_another_issuer_are_a_failed_fetch() {
    let server = FaultServer::up(Answer::keys(keys(&["a"])));
    let (realm, uri) = (server.url("/realm"), server.url("/keys"));
    for issuer in [
        "https://other.invalid/",
        &format!("{realm}/"),
        "",
        &realm.to_uppercase(),
    ] {
        server.answer(OPENID, metadata(issuer, &uri));
        let (app, issuer) = launch_by_metadata(&server).await;
        app.ask(&token_by(&issuer)).await.expect(&KEYS_UNAVAILABLE);
    }
    assert!(!server.paths().contains(&"/keys".to_owned()));
}

#[tokio::test]
async fn metadata_without_a_usable_jwks_uri_are_a_failed_fetch() {
    let server = FaultServer::up(Answer::keys(keys(&["a"])));
    let issuer = server.url("/realm");
    let odd = [
        json!({ "issuer": issuer }),
        json!({"issuer": issuer, "jwks_uri": 1}),
        json!({"issuer": issuer, "jwks_uri": "/keys"}),
        json!({"issuer": issuer, "jwks_uri": "http://keys.invalid/keys"}),
        json!({"issuer": issuer, "jwks_uri": "file:///keys"}),
        json!([issuer]),
    ];
    for metadata in odd {
        server.answer(OPENID, Answer::keys(metadata.to_string()));
        let (app, issuer) = launch_by_metadata(&server).await;
        app.ask(&token_by(&issuer)).await.expect(&KEYS_UNAVAILABLE);
    }
    server.answer(OPENID, Answer::keys("<html>"));
    let (app, issuer) = launch_by_metadata(&server).await;
    app.ask(&token_by(&issuer)).await.expect(&KEYS_UNAVAILABLE);
}

#[tokio::test]
async fn after_a_failed_fetch_metadata_are_read_again() {
    let server = FaultServer::up(Answer::keys(keys(&["a"])));
    server.answer(
        OPENID,
        metadata(&server.url("/realm"), &server.url("/keys")),
    );
    let issuer = server.url("/realm");
    let more = "discovery = true\njwks_cooldown = 0\njwks_cache_ttl = 0.1";
    let app = launch(&format!("issuer = '{issuer}'\n{more}")).await;
    app.ask(&token_by(&issuer)).await.expect_success();
    server.answer("/moved", Answer::keys(keys(&["b"])));
    server.answer(OPENID, metadata(&issuer, &server.url("/moved")));
    server.keys(Answer::status("410 Gone"));
    let moved = token_of(
        RS256,
        json!({"alg": "RS256", "kid": "b"}),
        &claims_of(&issuer),
    );
    eventually("the keys", || async { app.ask(&moved).await.status == 200 }).await;
}
