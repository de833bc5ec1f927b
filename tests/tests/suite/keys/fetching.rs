//! Tests when key sets are fetched, and how often.

use rocket::futures::future::join_all;

use super::*;

#[tokio::test]
async fn a_flood_of_unknown_keys_causes_one_fetch_per_cool_down() {
    let server = FaultServer::up(Answer::keys(keys(&["a"])));
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
async fn without_a_cool_down_each_unknown_key_causes_a_fetch() {
    let server = FaultServer::up(Answer::keys(keys(&["a"])));
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
async fn a_request_for_an_unknown_key_does_not_wait_longer_than_the_fetch() {
    let server = FaultServer::up(Answer::keys(keys(&["a"])));
    let app = launch_at(&server, "jwks_timeout = 0.3").await;
    app.ask(&token("a")).await.expect_success();
    server.keys(Answer::Held);
    app.ask(&token("b")).await.expect(&KEYS_UNAVAILABLE);
    app.ask(&token("a")).await.expect_success();
}

#[tokio::test]
async fn an_unchanged_set_is_requested_with_its_etag() {
    let server = FaultServer::up(Answer::with("ETag: \"one\"\r\n", keys(&["a"])));
    let app = launch_at(&server, "jwks_cache_ttl = 0.1\njwks_cooldown = 0").await;
    app.ask(&token("a")).await.expect_success();
    server.keys(Answer::status("304 Not Modified"));
    eventually("fetches by tag", async || server.hits() > 3).await;
    app.ask(&token("a")).await.expect_success();
    let requests = server.requests();
    let tags: Vec<_> = requests
        .iter()
        .map(|request| request.header("If-None-Match"))
        .collect();
    assert_eq!(tags[0], None);
    assert!(
        tags[1..].iter().all(|tag| *tag == Some("\"one\"")),
        "{tags:?}"
    );
    // A set that has changed replaces it, together with its ETag.
    server.keys(Answer::with("ETag: \"two\"\r\n", keys(&["b"])));
    eventually("the new set", || async {
        app.ask(&token("b")).await.status == 200
    })
    .await;
    app.ask(&token("a")).await.expect(&UNKNOWN_KEY);
    eventually("the new tag", async || {
        let requests = server.requests();
        let mut tags = requests.iter().map(|it| it.header("If-None-Match"));
        tags.any(|tag| tag == Some("\"two\""))
    })
    .await;
}

#[tokio::test]
async fn not_modified_without_an_etag_is_a_failed_fetch() {
    let server = FaultServer::up(Answer::status("304 Not Modified"));
    let app = launch_at(&server, "").await;
    app.ask(&token("a")).await.expect(&KEYS_UNAVAILABLE);
}

/// Starts a server whose answer has these headers, and an application that has fetched its set.
/// Without a `Cache-Control` the set is fetched repeatedly.
async fn asked(headers: &str, more: &str) -> (App, FaultServer) {
    let server = FaultServer::up(Answer::with(headers, keys(&["a"])));
    let app = launch_at(&server, &format!("jwks_cache_ttl = 0.05\n{more}")).await;
    app.ask(&token("a")).await.expect_success();
    (app, server)
}

#[tokio::test]
async fn cache_control_decides_when_the_next_fetch_is() {
    let at_once = asked("Cache-Control: public, max-age=0\r\n", "jwks_cooldown = 0").await;
    // A long `max-age` overrides a short default, and the cool-down overrides a short `max-age`.
    let long = asked("Cache-Control: max-age=3600\r\n", "jwks_cooldown = 0").await;
    let cooling = asked("Cache-Control: max-age=0\r\n", "jwks_cooldown = 3600").await;
    let overflowing = "Cache-Control: max-age=99999999999999999999\r\n";
    let overflowing = asked(overflowing, "jwks_cooldown = 0").await;
    eventually("the next fetches", async || at_once.1.hits() > 2).await;
    for (_, server) in [&long, &cooling, &overflowing] {
        assert_eq!(server.hits(), 1);
    }
}

#[tokio::test]
async fn a_set_without_max_age_has_the_configured_life() {
    for header in ["no-store, max-age=3600", "max-age=soon", "private"] {
        let header = format!("Cache-Control: {header}\r\n");
        let (_app, server) = asked(&header, "jwks_cooldown = 0").await;
        eventually("the next fetch", async || server.hits() > 1).await;
    }
}

#[tokio::test]
async fn the_age_of_an_answer_shortens_the_life_of_its_set() {
    let old = "Cache-Control: max-age=3600\r\nAge: 3600\r\n";
    let (_app, server) = asked(old, "jwks_cooldown = 0").await;
    eventually("the next fetch", async || server.hits() > 1).await;
}

#[tokio::test]
async fn a_fetch_accepts_key_sets_without_compression() {
    let (_app, server) = asked("", "").await;
    let request = server.requests().remove(0);
    assert_eq!(
        request.header("Accept"),
        Some("application/jwk-set+json, application/json;q=0.9, */*;q=0.1")
    );
    assert_eq!(request.header("Accept-Encoding"), Some("identity"));
}

#[tokio::test]
async fn retry_after_of_an_overloaded_issuer_is_respected() {
    for status in ["429 Too Many Requests", "503 Service Unavailable"] {
        let headers = "Retry-After: 3600\r\n".to_owned();
        let server = FaultServer::up(Answer::Whole(status, headers, Vec::new()));
        let app = launch_at(&server, "").await;
        for _ in 0..5 {
            let reply = app.ask(&token("a")).await;
            reply.expect(&KEYS_UNAVAILABLE);
            let retry_after: u32 = reply.header("Retry-After").unwrap().parse().unwrap();
            assert!((3000..=3600).contains(&retry_after), "{retry_after}");
        }
        assert_eq!(server.hits(), 1);
    }
}

/// If tests share a Rocket, the runtime of one ends before those of the others.
#[test]
fn keys_are_fetched_again_after_the_runtime_of_the_task_has_ended() {
    let runtime = || {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        runtime.worker_threads(1).enable_all().build().unwrap()
    };
    let servers = runtime();
    let server = servers.block_on(async { FaultServer::up(Answer::keys(keys(&["a"]))) });
    let first = runtime();
    let auth = first.block_on(async {
        let table = format!(
            "[default.auth]\nissuer = '{ISSUER}'\naudience = 'api'\njwks_uri = '{}'\n\
             jwks_cooldown = 0\ntoken_cache = 0",
            server.uri()
        );
        let rocket = rocket::custom(quiet().merge(Toml::string(&table).nested()))
            .attach(Auth::fairing())
            .ignite()
            .await
            .unwrap();
        let auth = rocket.state::<Auth>().unwrap().clone();
        auth.verify(&token("a")).await.unwrap();
        auth
    });
    drop(first);
    runtime().block_on(async {
        auth.verify(&token("a")).await.unwrap();
        server.keys(Answer::keys(keys(&["b"])));
        auth.verify(&token("b")).await.unwrap();
        auth.verify(&token("a")).await.unwrap_err();
    });
}

#[tokio::test]
async fn a_set_is_used_after_its_life_for_the_configured_time() {
    let server = FaultServer::up(Answer::keys(keys(&["a"])));
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
async fn failed_fetches_keep_the_last_good_set() {
    let server = FaultServer::up(Answer::keys(keys(&["a"])));
    let app = launch_at(&server, "jwks_cache_ttl = 0.1").await;
    app.ask(&token("a")).await.expect_success();
    server.keys(Answer::Reset);
    let before = server.hits();
    eventually("two more tries", async || server.hits() >= before + 2).await;
    app.ask(&token("a")).await.expect_success();
    app.ask(&token("unknown")).await.expect(&KEYS_UNAVAILABLE);
}
