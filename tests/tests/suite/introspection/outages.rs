//! Tests endpoints that are down, slow or overloaded.

use serde_json::json;

use super::*;

#[tokio::test]
async fn an_endpoint_that_does_not_answer_in_time_is_unavailable() {
    let server = IntrospectionServer::start(Says::Nothing).await;
    let app = app_with(&server.uri(), &[("jwks_timeout", 0.2.into())]).await;
    answer(&app, "opaque")
        .await
        .expect(&INTROSPECTION_UNAVAILABLE);
    server.say(active(json!({})));
    eventually("the endpoint is asked again", || async {
        answer(&app, "opaque").await.status == 200
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_that_is_down_does_not_stop_the_launch() {
    let port = FaultServer::down();
    let app = app_with(&port.uri(), &[]).await;
    answer(&app, "opaque")
        .await
        .expect(&INTROSPECTION_UNAVAILABLE);
}

#[tokio::test]
async fn retry_after_of_an_overloaded_endpoint_is_respected() {
    let server = IntrospectionServer::start(Says::Overloaded(120)).await;
    let app = app(&server).await;
    let reply = answer(&app, "opaque").await;
    reply.expect(&INTROSPECTION_UNAVAILABLE);
    let again = answer(&app, "opaque").await;
    again.expect(&INTROSPECTION_UNAVAILABLE);
    let seconds: u64 = again.header("Retry-After").unwrap().parse().unwrap();
    assert!((100..=120).contains(&seconds), "{seconds}");
    assert_eq!(server.count(), 1, "it is not asked in the meantime");
}

#[tokio::test]
async fn the_status_reports_the_endpoint() {
    let server = IntrospectionServer::start(Says::Status(500)).await;
    let app = app(&server).await;
    let health = app.get("/health").send().await;
    assert_eq!(health.status, 200, "nothing has failed yet");
    answer(&app, "opaque").await;
    let health = app.get("/health").send().await;
    assert_eq!(health.status, 503);
    server.say(active(json!({})));
    answer(&app, "opaque").await.expect_success();
    let health = app.get("/health").send().await;
    assert_eq!(health.status, 200);
    assert_eq!(health.json()["issuers"][0]["issuer"], json!([ISSUER]));
}
