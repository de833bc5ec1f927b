//! Tests tokens that are introspected (RFC 7662).

mod answers;
mod memory;
mod outages;

use auth_runtime::issuer::LocalIssuer;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rocket::figment::Figment;
use rocket::figment::value::{Dict, Value as Key};
use serde_json::{Value, json};

use crate::support::*;

const ISSUER: &str = "https://issuer.test/";
const AUDIENCE: &str = "https://api.test";

/// Configures an API that introspects at this endpoint.
fn figment(endpoint: &str) -> Figment {
    quiet()
        .merge(("auth.issuer", ISSUER))
        .merge(("auth.audience", AUDIENCE))
        .merge(("auth.introspection_endpoint", endpoint))
        .merge(("auth.client_id", "the api"))
        .merge(("auth.client_secret", "p+ss/wörd%"))
}

/// Launches the seed app with this endpoint and these additional keys of the table `auth`.
async fn app_with(endpoint: &str, keys: &[(&str, Key)]) -> App {
    let mut figment = figment(endpoint);
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
    reason = "every caller creates the value for the call"
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
