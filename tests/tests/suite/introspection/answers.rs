//! Tests how the claims of an answer are checked.

use serde_json::{Value, json};

use super::*;

#[tokio::test]
async fn the_claims_of_an_answer_are_checked_like_those_of_a_token() {
    let server = IntrospectionServer::start(Says::Nothing).await;
    let app = app(&server).await;
    let expired = json!({ "exp": now() - 1 });
    let good = [
        json!({ "iss": null }),
        json!({ "exp": null }),
        json!({ "sub": null }),
        json!({ "aud": ["other", AUDIENCE] }),
        json!({ "nbf": now() - 1 }),
    ];
    let bad = [
        json!({ "iss": "https://other.test/" }),
        json!({ "iss": 1 }),
        json!({ "aud": null }),
        json!({ "aud": "other" }),
        json!({ "aud": [] }),
        json!({ "aud": 1 }),
        json!({ "exp": "soon" }),
        json!({ "nbf": now() + 600 }),
        json!({ "nbf": "later" }),
        json!({ "sub": 1 }),
        json!({ "cnf": "x" }),
        json!({ "events": {} }),
    ];
    let mut tokens = (0..).map(|number| format!("token{number}"));
    let mut reply = async |members: Value| {
        server.say(active(members));
        answer(&app, &tokens.next().unwrap()).await
    };
    reply(expired).await.expect(&TOKEN_EXPIRED);
    for members in good {
        assert_eq!(reply(members.clone()).await.status, 200, "{members}");
    }
    for members in bad {
        reply(members).await.expect(&INVALID_CLAIMS);
    }
}

#[tokio::test]
async fn an_unchecked_audience_may_be_absent_but_not_wrong() {
    let server = IntrospectionServer::start(active(json!({ "aud": null }))).await;
    let app = app_with(
        &server.uri(),
        &[("introspection_audience", "unchecked".into())],
    )
    .await;
    answer(&app, "a").await.expect_success();
    server.say(active(json!({ "aud": "other" })));
    answer(&app, "b").await.expect(&INVALID_CLAIMS);
    server.say(active(json!({})));
    answer(&app, "c").await.expect_success();
}

#[tokio::test]
async fn an_invalid_answer_is_introspection_unavailable() {
    let server = IntrospectionServer::start(Says::Nothing).await;
    let app = app(&server).await;
    let target = IntrospectionServer::start(active(json!({}))).await;
    let mut number = 0;
    for says in [
        Says::Status(500),
        Says::Status(401),
        Says::Status(403),
        Says::Status(404),
        Says::Status(204),
        Says::Redirect(target.uri()),
        Says::Body(String::new()),
        Says::Body("not json".to_owned()),
        Says::Body("[]".to_owned()),
        Says::Body("{}".to_owned()),
        Says::Body(r#"{"active":"true"}"#.to_owned()),
        Says::Body(r#"{"active":1}"#.to_owned()),
        Says::Body(r#"{"active":true,"active":true}"#.to_owned()),
        Says::Body(format!(
            r#"{{"active":true,"a":"{}"}}"#,
            "x".repeat(2 << 20)
        )),
    ] {
        server.say(says);
        number += 1;
        let reply = answer(&app, &format!("token{number}")).await;
        reply.expect(&INTROSPECTION_UNAVAILABLE);
    }
    assert_eq!(target.count(), 0, "a redirect is not followed");
    server.say(active(json!({})));
    answer(&app, "good").await.expect_success();
}

#[tokio::test]
async fn a_bound_token_does_not_pass_as_a_bearer_token() {
    let server = IntrospectionServer::start(active(json!({ "cnf": { "jkt": "x" } }))).await;
    let app = app(&server).await;
    assert_eq!(answer(&app, "opaque").await.status, 401);
}
