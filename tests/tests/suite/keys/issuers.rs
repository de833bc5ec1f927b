//! Tests several issuers in one application.

use jsonwebtoken::Algorithm;

use super::*;

const ES256: Algorithm = Algorithm::ES256;

/// Launches an application with two issuers. The first signs with RSA for `api`, and the second with
/// P-256 for `other`. Their keys have the same `kid`.
async fn start() -> (App, [FaultServer; 2]) {
    let rsa = FaultServer::up(Answer::keys(keys(&["a"])));
    let set = json!({"keys": [TestKey::for_algorithm(ES256).jwk(json!({"kid": "a"}))]}).to_string();
    let p256 = FaultServer::up(Answer::keys(set));
    let app = launch(&format!(
        "jwks_cooldown = 86400\n\
         [[default.auth.issuers]]\nissuer = 'one'\njwks_uri = '{}'\n\
         [[default.auth.issuers]]\nissuer = 'two'\njwks_uri = '{}'\n\
         audience = 'other'\nalgorithms = 'ES256'",
        rsa.url("/keys"),
        p256.url("/keys")
    ))
    .await;
    (app, [rsa, p256])
}

fn signed(algorithm: Algorithm, issuer: &str, audience: &str) -> String {
    let mut claims = claims_of(issuer);
    claims["aud"] = audience.into();
    token_of(
        algorithm,
        json!({"alg": format!("{algorithm:?}"), "kid": "a"}),
        &claims,
    )
}

#[tokio::test]
async fn each_issuer_has_its_own_keys_audience_and_algorithms() {
    let (app, _servers) = start().await;
    app.ask(&signed(RS256, "one", "api")).await.expect_success();
    app.ask(&signed(ES256, "two", "other"))
        .await
        .expect_success();
    app.ask(&signed(RS256, "one", "other"))
        .await
        .expect(&INVALID_CLAIMS);
    app.ask(&signed(ES256, "two", "api"))
        .await
        .expect(&INVALID_CLAIMS);
    app.ask(&signed(RS256, "two", "other"))
        .await
        .expect(&INVALID_TOKEN);
    app.ask(&signed(ES256, "one", "api"))
        .await
        .expect(&INVALID_TOKEN);
}

#[tokio::test]
async fn an_unknown_issuer_causes_no_network_access() {
    let (app, servers) = start().await;
    app.ask(&signed(RS256, "one", "api")).await.expect_success();
    eventually("both fetches", async || {
        servers.iter().all(|server| server.hits() == 1)
    })
    .await;
    for issuer in ["three", "One", "one/", ""] {
        app.ask(&signed(RS256, issuer, "api"))
            .await
            .expect(&INVALID_CLAIMS);
    }
    for issuer in [json!(null), json!(["one"]), json!(1)] {
        let claims = json!({"iss": issuer, "aud": "api", "exp": now() + 600});
        let token = token_of(RS256, json!({"alg": "RS256", "kid": "unknown"}), &claims);
        app.ask(&token).await.expect(&INVALID_CLAIMS);
    }
    assert!(servers.iter().all(|server| server.hits() == 1));
}

#[tokio::test]
async fn an_unknown_key_is_fetched_only_from_its_own_issuer() {
    let (app, servers) = start().await;
    app.ask(&signed(RS256, "one", "api")).await.expect_success();
    app.ask(&signed(ES256, "two", "other"))
        .await
        .expect_success();
    let unknown = token_of(
        RS256,
        json!({"alg": "RS256", "kid": "b"}),
        &claims_of("one"),
    );
    app.ask(&unknown).await.expect(&UNKNOWN_KEY);
    assert_eq!(servers.each_ref().map(FaultServer::hits), [2, 1]);
}

#[tokio::test]
async fn an_issuer_that_is_down_does_not_affect_the_other() {
    let (app, servers) = start().await;
    drop(servers);
    let up = FaultServer::up(Answer::keys(keys(&["a"])));
    let down = FaultServer::up(Answer::status("500 Internal Server Error"));
    drop(app);
    let app = launch(&format!(
        "[[default.auth.issuers]]\nissuer = 'one'\njwks_uri = '{}'\n\
         [[default.auth.issuers]]\nissuer = 'two'\njwks_uri = '{}'",
        up.url("/keys"),
        down.url("/keys")
    ))
    .await;
    app.ask(&signed(RS256, "two", "api"))
        .await
        .expect(&KEYS_UNAVAILABLE);
    app.ask(&signed(RS256, "one", "api")).await.expect_success();
}

#[tokio::test]
async fn several_names_may_share_one_set() {
    let server = FaultServer::up(Answer::keys(keys(&["a"])));
    let uri = server.url("/keys");
    let app = launch(&format!("issuer = ['one', 'two']\njwks_uri = '{uri}'")).await;
    app.ask(&signed(RS256, "one", "api")).await.expect_success();
    app.ask(&signed(RS256, "two", "api")).await.expect_success();
    app.ask(&signed(RS256, "three", "api"))
        .await
        .expect(&INVALID_CLAIMS);
    assert_eq!(server.hits(), 1);
}
