//! Tests issuers that are down, slow or broken.

use crate::support::*;

async fn seed_at(server: &FaultServer) -> Seed {
    seed_with([("jwks_uri", server.uri().into())]).await
}

async fn recovers(seed: &Seed) {
    let token = seed.token().mint();
    eventually("recovery", || async {
        let reply = seed.answer(&token).await;
        if reply.status != 200 {
            reply.expect(&KEYS_UNAVAILABLE);
        }
        reply.status == 200
    })
    .await;
}

#[tokio::test]
async fn requests_get_503_until_an_issuer_that_is_down_comes_up() {
    let mut server = FaultServer::down();
    let seed = seed_at(&server).await;
    seed.answer(&seed.token().mint())
        .await
        .expect(&KEYS_UNAVAILABLE);
    seed.answer(&seed.token().unknown_key().mint())
        .await
        .expect(&KEYS_UNAVAILABLE);
    let without_kid = seed.token().without_header("kid").mint();
    seed.answer(&without_kid).await.expect(&KEYS_UNAVAILABLE);
    server.keys(Answer::keys(seed.issuer.jwks()));
    server.listen();
    recovers(&seed).await;
}

#[tokio::test]
async fn requests_do_not_make_fetches_more_frequent() {
    let server = FaultServer::up(Answer::status("500 Internal Server Error"));
    let seed = seed_at(&server).await;
    let token = seed.token().mint();
    seed.answer(&token).await.expect(&KEYS_UNAVAILABLE);
    let before = server.hits();
    for _ in 0..200 {
        seed.answer(&token).await.expect(&KEYS_UNAVAILABLE);
    }
    let during = server.hits() - before;
    assert!(during < 20, "{during} fetches for 200 requests");
}

#[tokio::test]
async fn an_issuer_that_does_not_answer_in_time_is_503() {
    let server = FaultServer::up(Answer::Held);
    let keys = [
        ("jwks_uri", server.uri().into()),
        ("jwks_timeout", 0.1.into()),
    ];
    let seed = seed_with(keys).await;
    seed.answer(&seed.token().mint())
        .await
        .expect(&KEYS_UNAVAILABLE);
    server.keys(Answer::keys(seed.issuer.jwks()));
    recovers(&seed).await;
}

#[tokio::test]
async fn a_failed_fetch_keeps_the_last_good_set() {
    let server = FaultServer::up(Answer::Held);
    let keys = [
        ("jwks_uri", server.uri().into()),
        ("jwks_cooldown", 0_u32.into()),
    ];
    let seed = seed_with(keys).await;
    server.keys(Answer::keys(seed.issuer.jwks()));
    let known = seed.token().mint();
    seed.answer(&known).await.expect_success();
    let unknown = seed.token().unknown_key().mint();
    let failures = [
        Answer::status("500 Internal Server Error"),
        Answer::status("404 Not Found"),
        Answer::keys("{}".to_owned()),
        Answer::keys("<html>".to_owned()),
    ];
    for failure in failures {
        server.keys(failure);
        // It is unknown whether the issuer has such a key.
        seed.answer(&unknown).await.expect(&KEYS_UNAVAILABLE);
        seed.answer(&known).await.expect_success();
    }
    assert!(server.hits() > 1);
}

#[tokio::test]
async fn a_set_that_is_too_old_is_not_used() {
    let server = FaultServer::up(Answer::Held);
    let seed = seed_with([
        ("jwks_uri", server.uri().into()),
        ("jwks_cache_ttl", 0.1.into()),
        ("jwks_max_stale", 0.1.into()),
    ])
    .await;
    server.keys(Answer::keys(seed.issuer.jwks()));
    let token = seed.token().mint();
    seed.answer(&token).await.expect_success();
    server.keys(Answer::status("500 Internal Server Error"));
    eventually("the set is dropped", || async {
        seed.answer(&token).await.status == 503
    })
    .await;
    seed.answer(&token).await.expect(&KEYS_UNAVAILABLE);
    server.keys(Answer::keys(seed.issuer.jwks()));
    recovers(&seed).await;
}

#[tokio::test]
async fn an_answer_that_is_not_a_key_set_is_503() {
    let keys = |count: usize| {
        let key = r#"{"kty":"EC"}"#;
        format!(r#"{{"keys":[{}]}}"#, vec![key; count].join(","))
    };
    let bodies = [
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
        r#"{"keys":null}"#.to_owned(),
        r#"{"keys":{}}"#.to_owned(),
        r#"{"keys":"#.to_owned(),
        "<html></html>".to_owned(),
        "[".repeat(10_000),
        keys(101),
        format!(r#"{{"keys":[],"filling":"{}"}}"#, "x".repeat(1024 * 1024)),
    ];
    for body in bodies {
        let start: String = body.chars().take(40).collect();
        let server = FaultServer::up(Answer::keys(body));
        let seed = seed_at(&server).await;
        let reply = seed.answer(&seed.token().mint()).await;
        assert_eq!(reply.status, 503, "{start}");
        reply.expect(&KEYS_UNAVAILABLE);
    }
}

#[tokio::test]
async fn a_status_other_than_200_is_503_whatever_the_body_contains() {
    for status in [
        "201 Created",
        "404 Not Found",
        "500 Internal Server Error",
        "503 Busy",
    ] {
        let server = FaultServer::up(Answer::Held);
        let seed = seed_at(&server).await;
        let body = seed.issuer.jwks();
        server.keys(Answer::Whole(status, String::new(), body.into_bytes()));
        seed.answer(&seed.token().mint())
            .await
            .expect(&KEYS_UNAVAILABLE);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let target = FaultServer::up(Answer::Held);
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "307 Temporary Redirect",
    ] {
        let headers = format!("Location: {}\r\n", target.uri());
        let server = FaultServer::up(Answer::Whole(status, headers, Vec::new()));
        let seed = seed_at(&server).await;
        target.keys(Answer::keys(seed.issuer.jwks()));
        seed.answer(&seed.token().mint())
            .await
            .expect(&KEYS_UNAVAILABLE);
    }
    assert_eq!(target.hits(), 0);
}
