//! When key sets are fetched, and how often.

use std::time::{Duration, Instant};

use rocket::futures::future::join_all;

use super::*;

#[tokio::test]
async fn a_flood_of_unknown_keys_costs_one_fetch_a_cool_down() {
    let server = FaultServer::start(Answer::keys(keys(&["a"]))).await;
    let app = launch_at(&server, "").await;
    app.ask(&token("a")).await.expect_success();
    app.ask(&token("unknown")).await.expect(&UNKNOWN_KEY);
    for round in 0..10 {
        let tokens: Vec<_> = (0..30)
            .map(|number| token(&format!("{round}-{number}")))
            .collect();
        for reply in join_all(tokens.iter().map(|token| app.ask(token))).await {
            reply.expect(&KEYS_UNAVAILABLE);
        }
    }
    assert_eq!(server.hits(), 2);
    app.ask(&token("a")).await.expect_success();
}

#[tokio::test]
async fn without_a_cool_down_an_unknown_key_costs_one_fetch_a_request() {
    let server = FaultServer::start(Answer::keys(keys(&["a"]))).await;
    let app = launch_at(&server, "jwks_cooldown = 0").await;
    app.ask(&token("a")).await.expect_success();
    for number in 0..3 {
        app.ask(&token(&format!("unknown-{number}")))
            .await
            .expect(&UNKNOWN_KEY);
    }
    assert_eq!(server.hits(), 4);
}

#[tokio::test]
async fn a_request_for_an_unknown_key_waits_no_longer_than_a_fetch_may_take() {
    let server = FaultServer::start(Answer::keys(keys(&["a"]))).await;
    let app = launch_at(&server, "jwks_timeout = 0.3").await;
    app.ask(&token("a")).await.expect_success();
    server.keys(Answer::Silence);
    app.ask(&token("b")).await.expect(&KEYS_UNAVAILABLE);
    app.ask(&token("a")).await.expect_success();
}

#[tokio::test]
async fn an_unchanged_set_is_asked_for_by_its_tag() {
    let server = FaultServer::start(Answer::with("ETag: \"one\"\r\n", keys(&["a"]))).await;
    let app = launch_at(&server, "jwks_cache_ttl = 0.1\njwks_cooldown = 0").await;
    app.ask(&token("a")).await.expect_success();
    server.keys(Answer::status("304 Not Modified"));
    eventually("fetches by tag", async || server.hits() > 3).await;
    app.ask(&token("a")).await.expect_success();
    let tags: Vec<_> = server
        .asked()
        .into_iter()
        .map(|asked| asked.if_none_match)
        .collect();
    assert_eq!(tags[0], None);
    assert!(
        tags[1..]
            .iter()
            .all(|tag| tag.as_deref() == Some("\"one\"")),
        "{tags:?}"
    );
    // A set that has changed replaces it, and its tag.
    server.keys(Answer::with("ETag: \"two\"\r\n", keys(&["b"])));
    eventually("the new set", || async {
        app.ask(&token("b")).await.status == 200
    })
    .await;
    app.ask(&token("a")).await.expect(&UNKNOWN_KEY);
    eventually("the new tag", async || {
        server
            .asked()
            .iter()
            .any(|asked| asked.if_none_match.as_deref() == Some("\"two\""))
    })
    .await;
}

#[tokio::test]
async fn not_modified_is_no_answer_to_who_named_no_tag() {
    let server = FaultServer::start(Answer::status("304 Not Modified")).await;
    let app = launch_at(&server, "").await;
    app.ask(&token("a")).await.expect(&KEYS_UNAVAILABLE);
}

#[tokio::test]
async fn cache_control_says_when_the_next_fetch_is() {
    // A second is the least that is heeded.
    let soon = Answer::with("Cache-Control: public, max-age=0\r\n", keys(&["a"]));
    let server = FaultServer::start(soon).await;
    let _app = launch_at(&server, "jwks_cooldown = 0").await;
    let begin = Instant::now();
    eventually("the next fetch", async || server.hits() > 1).await;
    assert!(begin.elapsed() > Duration::from_millis(500));
    // A long life wins over a short default, and the cool-down over a short life.
    for (header, cool_down) in [("max-age=3600", 0), ("max-age=0", 3600)] {
        let answer = Answer::with(&format!("Cache-Control: {header}\r\n"), keys(&["a"]));
        let server = FaultServer::start(answer).await;
        let more = format!("jwks_cooldown = {cool_down}\njwks_cache_ttl = 0.05");
        let app = launch_at(&server, &more).await;
        app.ask(&token("a")).await.expect_success();
        tokio::time::sleep(Duration::from_millis(250)).await;
        assert_eq!(server.hits(), 1, "{header}");
    }
    // What says nothing of a time is silence.
    for header in ["no-store, max-age=3600", "max-age=soon", "private"] {
        let answer = Answer::with(&format!("Cache-Control: {header}\r\n"), keys(&["a"]));
        let server = FaultServer::start(answer).await;
        let _app = launch_at(&server, "jwks_cooldown = 0\njwks_cache_ttl = 0.05").await;
        eventually("the next fetch", async || server.hits() > 1).await;
    }
}

#[tokio::test]
async fn a_set_outlives_its_time_for_as_long_as_is_configured() {
    let server = FaultServer::start(Answer::keys(keys(&["a"]))).await;
    let app = launch_at(&server, "jwks_cache_ttl = 0.2\njwks_max_stale = 0").await;
    app.ask(&token("a")).await.expect_success();
    server.keys(Answer::status("500 Internal Server Error"));
    eventually("503", || async { app.ask(&token("a")).await.status == 503 }).await;
    server.keys(Answer::keys(keys(&["a"])));
    eventually("the set again", || async {
        app.ask(&token("a")).await.status == 200
    })
    .await;
}

#[tokio::test]
async fn fetches_that_fail_keep_the_last_good_set() {
    let server = FaultServer::start(Answer::keys(keys(&["a"]))).await;
    let app = launch_at(&server, "jwks_cache_ttl = 0.1").await;
    app.ask(&token("a")).await.expect_success();
    server.keys(Answer::Reset);
    let before = server.hits();
    eventually("two more tries", async || server.hits() >= before + 2).await;
    app.ask(&token("a")).await.expect_success();
    app.ask(&token("unknown")).await.expect(&KEYS_UNAVAILABLE);
}
