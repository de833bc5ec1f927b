//! Tests `#[requires_auth(max_age = …, acr = "…")]`: how recent and how strong a login is (RFC 9470).

use auth_runtime::{requires_auth, requires_scope, routes};
use rocket::{Route, get};
use serde_json::{Value, json};

use super::{expect_each, reply};
use crate::support::*;

const MFA: &str = "urn:example:mfa";

#[requires_auth(max_age = 300)]
#[get("/recent")]
fn recent() {}

#[requires_auth(acr = "urn:example:gold urn:example:silver")]
#[get("/strong")]
fn strong() {}

#[requires_auth(max_age = 60, acr = MFA)]
#[get("/both")]
fn both() {}

#[requires_scope("a")]
#[requires_auth(max_age = 60)]
#[get("/scoped")]
fn scoped() {}

#[requires_auth(max_age = 3600, acr = "urn:example:mfa")]
mod module {
    use auth_runtime::requires_auth;
    use rocket::get;

    #[requires_auth(max_age = 60)]
    #[get("/stricter")]
    pub(super) fn stricter() {}

    #[requires_auth(acr = "urn:example:gold")]
    #[get("/module/strong")]
    pub(super) fn strong() {}
}

fn all() -> Vec<Route> {
    routes![
        recent,
        strong,
        both,
        scoped,
        module::stricter,
        module::strong
    ]
}

/// Returns the refusal with the challenge of RFC 9470 §3.
fn step_up(parameters: &str) -> Refusal {
    let challenge = format!(r#"Bearer error="insufficient_user_authentication", {parameters}"#);
    Refusal {
        status: 401,
        code: "insufficient_user_authentication",
        description: "A more recent or stronger login is needed",
        challenge: Some(challenge.into()),
    }
}

/// Returns the claims of a login this many seconds ago.
fn ago(seconds: u64) -> Value {
    json!({ "auth_time": now() - seconds })
}

#[tokio::test]
async fn a_recent_login_passes_and_an_old_one_is_challenged() {
    let seed = api(all()).await;
    for seconds in [0, 200] {
        reply(&seed, "/recent", &ago(seconds))
            .await
            .expect_success();
    }
    for seconds in [301, 100_000] {
        let refused = reply(&seed, "/recent", &ago(seconds)).await;
        refused.expect(&step_up(r#"max_age="300""#));
    }
}

#[tokio::test]
async fn a_login_of_unknown_time_is_too_old() {
    let seed = api(all()).await;
    let text = json!({ "auth_time": now().to_string() });
    for claims in [
        json!({}),
        text,
        json!({ "auth_time": null }),
        json!({ "auth_time": [now()] }),
    ] {
        let refused = reply(&seed, "/recent", &claims).await;
        refused.expect(&step_up(r#"max_age="300""#));
    }
}

/// An issuer that writes milliseconds creates such a login, which would always be recent.
#[tokio::test]
async fn a_login_in_the_future_is_not_recent() {
    let seed = api(all()).await;
    for login in [now() + 60, now() * 1000] {
        let refused = reply(&seed, "/recent", &json!({ "auth_time": login })).await;
        assert_eq!(refused.status, 401, "{login}");
    }
}

#[tokio::test]
async fn the_challenge_names_the_first_list_of_classes_that_is_not_met() {
    let seed = api(all()).await;
    let claims = json!({ "auth_time": now(), "acr": "urn:example:mfa" });
    let refused = reply(&seed, "/module/strong", &claims).await;
    assert_eq!(refused.status, 401);
    let challenge = refused.header("www-authenticate").unwrap_or_default();
    assert!(
        challenge.contains(r#"acr_values="urn:example:gold""#),
        "{challenge}"
    );
}

#[tokio::test]
async fn auth_time_may_have_a_fraction() {
    let seed = api(all()).await;
    #[expect(clippy::cast_precision_loss, reason = "times are far below 2^53")]
    let claims = json!({ "auth_time": now() as f64 - 10.25 });
    reply(&seed, "/recent", &claims).await.expect_success();
}

#[tokio::test]
async fn the_leeway_applies_to_auth_time() {
    let lenient = api_with(
        |auth| auth.leeway(std::time::Duration::from_secs(60)),
        |rocket| rocket.mount("/", all()),
    );
    let seed = lenient.await;
    reply(&seed, "/recent", &ago(350)).await.expect_success();
    let refused = reply(&seed, "/recent", &ago(400)).await;
    refused.expect(&step_up(r#"max_age="300""#));
}

#[tokio::test]
async fn a_login_must_have_one_of_the_classes() {
    let seed = api(all()).await;
    for class in ["urn:example:gold", "urn:example:silver"] {
        let claims = json!({ "acr": class });
        reply(&seed, "/strong", &claims).await.expect_success();
    }
    let others = [
        json!({ "acr": "urn:example:bronze" }),
        json!({ "acr": "urn:example:gold urn:example:silver" }),
        json!({ "acr": ["urn:example:gold"] }),
        json!({ "acr": "" }),
        json!({}),
    ];
    for claims in others {
        let refused = reply(&seed, "/strong", &claims).await;
        refused.expect(&step_up(
            r#"acr_values="urn:example:gold urn:example:silver""#,
        ));
    }
}

#[tokio::test]
async fn one_challenge_names_age_and_classes() {
    let seed = api(all()).await;
    let challenge = step_up(r#"acr_values="urn:example:mfa", max_age="60""#);
    let full = json!({ "acr": MFA, "auth_time": now() });
    reply(&seed, "/both", &full).await.expect_success();
    for claims in [json!({}), json!({ "acr": MFA }), ago(0)] {
        reply(&seed, "/both", &claims).await.expect(&challenge);
    }
}

#[tokio::test]
async fn the_shorter_age_of_module_and_route_applies() {
    let seed = api(all()).await;
    let login = |seconds| json!({ "acr": MFA, "auth_time": now() - seconds });
    reply(&seed, "/stricter", &login(0)).await.expect_success();
    let refused = reply(&seed, "/stricter", &login(100)).await;
    refused.expect(&step_up(r#"acr_values="urn:example:mfa", max_age="60""#));
}

#[tokio::test]
async fn a_missing_scope_is_reported_if_its_requirement_comes_first() {
    let seed = api(all()).await;
    let refused = reply(&seed, "/scoped", &ago(0)).await;
    refused.expect(&forbidden("a"));
    let refused = reply(&seed, "/scoped", &json!({ "scope": "a" })).await;
    refused.expect(&step_up(r#"max_age="60""#));
    let full = json!({ "scope": "a", "auth_time": now() });
    expect_each(&seed, "/scoped", &[(full, true)]).await;
}

#[tokio::test]
async fn a_missing_token_is_reported_before_the_login() {
    let seed = api(all()).await;
    let refused = seed.app.get("/recent").send().await;
    refused.expect(&AUTHORIZATION_MISSING);
    let expired = seed.token().claim("auth_time", now()).expired().mint();
    let refused = seed.app.get_with("/recent", &expired).await;
    refused.expect(&TOKEN_EXPIRED);
}
