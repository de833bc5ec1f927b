//! Tests `not_found`, whose refusal cannot be distinguished from a missing resource.

use auth_runtime::{
    AuthError, AuthErrorKind, requires_claim, requires_permission, requires_scope, routes,
};
use rocket::{Request, Route, catch, catchers, get};
use serde_json::json;

use super::{expect_each, reply, token};
use crate::support::*;

#[requires_claim(sub = "<user_id>", not_found)]
#[get("/letters/<user_id>")]
fn letters(user_id: &str) -> String {
    user_id.to_owned()
}

#[requires_scope("read")]
#[requires_permission("secret", "top", not_found)]
#[get("/vault")]
fn vault() {}

fn all() -> Vec<Route> {
    routes![letters, vault]
}

/// Returns the reply without its date.
fn without_date(reply: &Reply) -> (u16, Vec<(String, String)>, String) {
    let headers = reply.headers.iter().filter(|(name, _)| *name != "date");
    let text = |(name, value): (&_, &reqwest::header::HeaderValue)| {
        let name: &reqwest::header::HeaderName = name;
        (name.to_string(), value.to_str().unwrap().to_owned())
    };
    (
        reply.status,
        headers.map(text).collect(),
        reply.body.clone(),
    )
}

#[tokio::test]
async fn the_reply_is_identical_to_rockets_own_404() {
    let seed = api(all()).await;
    let bearer = token(&seed, &json!({ "sub": "alice" }));
    for accept in ["text/html", "application/json", "*/*"] {
        let get = async |path: &str| {
            let call = seed.app.get(path).bearer(&bearer);
            without_date(&call.header("Accept", accept).send().await)
        };
        let refused = get("/letters/bob").await;
        assert_eq!(refused.0, 404);
        assert_eq!(refused, get("/nothing").await, "{accept}");
    }
}

#[tokio::test]
async fn the_owner_gets_the_resource() {
    let seed = api(all()).await;
    let passed = reply(&seed, "/letters/alice", &json!({ "sub": "alice" })).await;
    passed.expect_success();
}

#[tokio::test]
async fn a_catcher_for_404_answers_hidden_and_missing_resources_alike() {
    #[catch(404)]
    fn absent(request: &Request<'_>) -> String {
        // The application can still see the error, for example for its metrics.
        assert!(
            AuthError::for_request(request)
                .is_none_or(|error| error.kind() == AuthErrorKind::NotFound)
        );
        "absent".to_owned()
    }
    let build = |rocket: rocket::Rocket<rocket::Build>| {
        rocket.mount("/", all()).register("/", catchers![absent])
    };
    let seed = api_with(|auth| auth, build).await;
    for path in ["/letters/bob", "/nothing"] {
        let refused = reply(&seed, path, &json!({ "sub": "alice" })).await;
        assert_eq!((refused.status, &*refused.body), (404, "absent"), "{path}");
    }
}

#[tokio::test]
async fn a_request_without_a_valid_token_gets_401() {
    let seed = api(all()).await;
    let refused = seed.app.get("/letters/alice").send().await;
    refused.expect(&AUTHORIZATION_MISSING);
    let expired = seed.token().expired().mint();
    let refused = seed.app.get_with("/letters/alice", &expired).await;
    refused.expect(&TOKEN_EXPIRED);
}

#[tokio::test]
async fn the_flag_applies_only_to_its_attribute() {
    let seed = api(all()).await;
    let scope_missing = json!({ "permissions": ["secret", "top"] });
    let refused = reply(&seed, "/vault", &scope_missing).await;
    refused.expect(&forbidden("read"));
    for permissions in [json!([]), json!(["secret"]), json!(["top"])] {
        let claims = json!({ "scope": "read", "permissions": permissions });
        assert_eq!(reply(&seed, "/vault", &claims).await.status, 404);
    }
    let full = json!({ "scope": "read", "permissions": ["secret", "top"] });
    expect_each(&seed, "/vault", &[(full, true)]).await;
}
