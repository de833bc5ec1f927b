//! Tests which requests share an introspection, and how long an answer is used again.

use auth_runtime::Auth;
use rocket::figment::value::Value as Key;
use rocket::http::Status;
use serde_json::json;

use super::*;

#[tokio::test]
async fn simultaneous_requests_with_the_same_token_share_one_introspection() {
    let server = IntrospectionServer::start(Says::Nothing).await;
    let app = app(&server).await;
    let requests = (0..50).map(|_| answer(&app, "same"));
    let all = rocket::futures::future::join_all(requests);
    let release = async {
        eventually("it is asked", || async { server.count() == 1 }).await;
        server.say(active(json!({})));
    };
    let (replies, ()) = tokio::join!(all, release);
    assert!(replies.iter().all(|reply| reply.status == 200));
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn at_most_64_introspections_run_at_the_same_time() {
    let server = IntrospectionServer::start(Says::Nothing).await;
    let app = app_with(&server.uri(), &[("jwks_timeout", 2.into())]).await;
    let tokens: Vec<_> = (0..70).map(|number| format!("token{number}")).collect();
    let all = rocket::futures::future::join_all(tokens.iter().map(|token| answer(&app, token)));
    let release = async {
        eventually("64 are open", || async { server.most_open() == 64 }).await;
        server.say(active(json!({})));
    };
    let (replies, ()) = tokio::join!(all, release);
    assert!(replies.iter().all(|reply| reply.status == 200));
    assert_eq!(server.most_open(), 64);
}

#[tokio::test]
async fn with_1000_tokens_waiting_a_further_one_is_refused_at_once() {
    let server = IntrospectionServer::start(Says::Nothing).await;
    let figment = figment(&server.uri()).merge(("auth.jwks_timeout", 60));
    let rocket = rocket::custom(figment).attach(Auth::fairing());
    let rocket = rocket.ignite().await.expect("the application ignites");
    let auth = rocket.state::<Auth>().expect("the fairing has run");
    let tokens: Vec<_> = (0..1000).map(|number| format!("token{number}")).collect();
    let all = rocket::futures::future::join_all(tokens.iter().map(|token| auth.verify(token)));
    let release = async {
        eventually("64 are open", || async { server.most_open() == 64 }).await;
        let error = auth.verify("another").await.expect_err("it is refused");
        assert_eq!(error.status(), Status::ServiceUnavailable);
        assert_eq!(error.code(), "introspection_unavailable");
        let shared = auth.verify("token999");
        server.say(active(json!({})));
        shared.await.expect("it shares an introspection that waits");
    };
    let (verified, ()) = tokio::join!(all, release);
    assert!(verified.iter().all(Result::is_ok));
    let again = auth.verify("another").await;
    again.expect("there is room again");
    assert_eq!(server.count(), 1001, "each token is introspected once");
}

#[tokio::test]
async fn an_active_answer_is_used_again_unless_the_cache_ttl_is_zero() {
    for (keys, requests) in [
        (vec![], 1),
        (vec![("introspection_cache_ttl", Key::from(0))], 3),
    ] {
        let server = IntrospectionServer::start(active(json!({}))).await;
        let app = app_with(&server.uri(), &keys).await;
        for _ in 0..3 {
            answer(&app, "opaque").await.expect_success();
        }
        assert_eq!(server.count(), requests);
    }
}

#[tokio::test]
async fn an_answer_is_not_used_again_after_its_exp() {
    let server = IntrospectionServer::start(active(json!({ "exp": now() + 2 }))).await;
    let app = app(&server).await;
    answer(&app, "opaque").await.expect_success();
    eventually("the token expires", || async {
        answer(&app, "opaque").await.status == 401
    })
    .await;
}

#[tokio::test]
async fn an_inactive_token_is_introspected_again_after_a_second() {
    let server = IntrospectionServer::start(Says::Json(json!({ "active": false }))).await;
    let app = app(&server).await;
    for _ in 0..5 {
        answer(&app, "opaque").await.expect(&TOKEN_INACTIVE);
    }
    assert_eq!(server.count(), 1);
    server.say(active(json!({})));
    eventually("the answer is forgotten", || async {
        answer(&app, "opaque").await.status == 200
    })
    .await;
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn a_token_that_expires_while_it_is_asked_about_is_refused() {
    let server = IntrospectionServer::start(Says::Nothing).await;
    let app = app(&server).await;
    let exp = now() + 1;
    let answered = async {
        eventually("the token has expired", || async {
            server.count() == 1 && now() > exp
        })
        .await;
        server.say(active(json!({ "exp": exp })));
    };
    let (reply, ()) = tokio::join!(answer(&app, "opaque"), answered);
    reply.expect(&TOKEN_EXPIRED);
}
