//! Tests tokens that are introspected (RFC 7662).

use auth_runtime::issuer::LocalIssuer;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rocket::figment::value::{Dict, Value as Key};
use serde_json::{Value, json};

use crate::support::*;

const ISSUER: &str = "https://issuer.test/";
const AUDIENCE: &str = "https://api.test";

/// Launches the seed app with this endpoint and these additional keys of the table `auth`.
async fn app_with(endpoint: &str, keys: &[(&str, Key)]) -> App {
    let mut figment = quiet()
        .merge(("auth.issuer", ISSUER))
        .merge(("auth.audience", AUDIENCE))
        .merge(("auth.introspection_endpoint", endpoint))
        .merge(("auth.client_id", "the api"))
        .merge(("auth.client_secret", "p+ss/wörd%"));
    for (key, value) in keys {
        figment = figment.merge((format!("auth.{key}"), value.clone()));
    }
    App::launch(seed_app::rocket().configure(figment)).await
}

async fn app(server: &IntrospectionServer) -> App {
    app_with(&server.uri(), &[]).await
}

/// Returns an answer for an active token, in which these members are added or replaced.
#[expect(
    clippy::needless_pass_by_value,
    reason = "every caller has just made it"
)]
fn active(members: Value) -> Says {
    let mut answer = json!({
        "active": true, "iss": ISSUER, "aud": AUDIENCE, "sub": "someone", "exp": now() + 600,
    });
    for (name, value) in members.as_object().unwrap() {
        match value {
            Value::Null => answer.as_object_mut().unwrap().remove(name),
            value => answer
                .as_object_mut()
                .unwrap()
                .insert(name.clone(), value.clone()),
        };
    }
    Says::Json(answer)
}

async fn answer(app: &App, token: &str) -> Reply {
    app.get_with("/api/private", token).await
}

#[tokio::test]
async fn an_active_token_passes_and_its_claims_are_the_members_of_the_answer() {
    let server = IntrospectionServer::start(active(json!({ "scope": "read:messages" }))).await;
    let app = app(&server).await;
    let me = app.get_with("/api/me", "opaque").await;
    me.expect_success();
    assert_eq!(me.json()["sub"], "someone");
    assert_eq!(me.json()["active"], true);
    assert_eq!(
        app.get_with("/api/private-scoped", "opaque").await.status,
        200
    );
    let denied = app.get_with("/secured/private/ping", "opaque").await;
    denied.expect(&forbidden("example:scope"));
}

#[tokio::test]
async fn the_request_is_the_form_of_rfc_7662_with_our_credentials() {
    let server = IntrospectionServer::start(active(json!({}))).await;
    let app = app(&server).await;
    answer(&app, "a+b/c==").await.expect_success();
    let [asked] = &server.asked()[..] else {
        panic!("one request");
    };
    assert_eq!(asked.form["token"], "a+b/c==");
    assert_eq!(asked.form["token_type_hint"], "access_token");
    assert_eq!(asked.form.len(), 2);
    let content_type = asked.content_type.as_deref();
    assert_eq!(content_type, Some("application/x-www-form-urlencoded"));
    let basic = asked.authorization.as_deref().unwrap();
    let pair = STANDARD.decode(basic.strip_prefix("Basic ").unwrap());
    assert_eq!(
        String::from_utf8(pair.unwrap()).unwrap(),
        "the+api:p%2Bss%2Fw%C3%B6rd%25"
    );
}

#[tokio::test]
async fn an_inactive_token_is_refused_with_token_inactive() {
    let server = IntrospectionServer::start(Says::Json(json!({ "active": false }))).await;
    let app = app(&server).await;
    answer(&app, "opaque").await.expect(&TOKEN_INACTIVE);
}

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
    assert_eq!(server.count(), 1, "it is left alone meanwhile");
}

#[tokio::test]
async fn an_impossible_token_is_not_introspected() {
    let server = IntrospectionServer::start(active(json!({}))).await;
    let app = app(&server).await;
    let long = "a".repeat(16 * 1024 + 1);
    for token in ["a*b", "a,b", "a:b", "=", "a=b", "ä", &long] {
        answer(&app, token).await.expect(&INVALID_TOKEN);
    }
    assert_eq!(server.count(), 0);
    let longest = "a".repeat(16 * 1024);
    for token in ["a", "-._~+/", "ab==", &longest] {
        answer(&app, token).await.expect_success();
    }
}

#[tokio::test]
async fn a_token_of_an_introspected_issuer_is_never_verified_locally() {
    let issuer = LocalIssuer::start(AUDIENCE).await.unwrap();
    let server = IntrospectionServer::start(Says::Json(json!({ "active": false }))).await;
    let app = app(&server).await;
    answer(&app, &issuer.token().mint())
        .await
        .expect(&TOKEN_INACTIVE);
    server.say(active(json!({})));
    answer(&app, &unsigned(&json!({ "alg": "none" }), &json!({})))
        .await
        .expect_success();
}

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
async fn a_bound_token_does_not_pass_as_a_bearer_token() {
    let server = IntrospectionServer::start(active(json!({ "cnf": { "jkt": "x" } }))).await;
    let app = app(&server).await;
    assert_eq!(answer(&app, "opaque").await.status, 401);
}

#[tokio::test]
async fn a_token_that_is_not_a_jwt_of_another_issuer_is_introspected() {
    let with_keys = LocalIssuer::start(AUDIENCE).await.unwrap();
    let server = IntrospectionServer::start(active(json!({}))).await;
    let table = |entries: Vec<(&str, String)>| {
        let entries = entries.into_iter();
        entries
            .map(|(key, value)| (key.to_owned(), Key::from(value)))
            .collect::<Dict>()
    };
    let issuers = vec![
        table(vec![("issuer", with_keys.url().to_owned())]),
        table(vec![
            ("issuer", ISSUER.to_owned()),
            ("introspection_endpoint", server.uri()),
            ("client_id", "api".to_owned()),
            ("client_secret", "secret".to_owned()),
        ]),
    ];
    let figment = quiet()
        .merge(("auth.audience", AUDIENCE))
        .merge(("auth.issuers", issuers));
    let app = App::launch(seed_app::rocket().configure(figment)).await;
    answer(&app, &with_keys.token().mint())
        .await
        .expect_success();
    answer(&app, &with_keys.token().expired().mint())
        .await
        .expect(&TOKEN_EXPIRED);
    assert_eq!(server.count(), 0);
    for token in ["opaque", &with_keys.token().other_issuer().mint()] {
        answer(&app, token).await.expect_success();
    }
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn the_local_issuer_introspects_and_revokes_its_tokens() {
    let issuer = LocalIssuer::start(AUDIENCE).await.unwrap();
    let figment = quiet()
        .merge(("auth.issuer", issuer.url()))
        .merge(("auth.audience", AUDIENCE))
        .merge((
            "auth.introspection_endpoint",
            format!("{}introspect", issuer.url()),
        ))
        .merge(("auth.client_id", "api"))
        .merge(("auth.client_secret", "any"))
        .merge(("auth.introspection_cache_ttl", 0));
    let app = App::launch(seed_app::rocket().configure(figment)).await;
    for token in [
        issuer.token().scope("read:messages").mint_opaque(),
        issuer.token().scope("read:messages").mint(),
    ] {
        let reply = app.get_with("/api/private-scoped", &token).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        issuer.revoke(&token);
        answer(&app, &token).await.expect(&TOKEN_INACTIVE);
    }
    answer(&app, "unknown").await.expect(&TOKEN_INACTIVE);
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
