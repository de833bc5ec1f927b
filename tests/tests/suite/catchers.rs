//! Tests which catcher replies to a refusal: ours, the application's or Rocket's.

use auth_runtime::{AccessToken, AuthError, UndeclaredRoutes, public, requires_auth, routes};
use rocket::http::Status;
use rocket::{Build, Request, Rocket, catch, catchers, get};

use crate::support::*;

#[requires_auth]
#[get("/private")]
fn private() -> &'static str {
    "private"
}

/// Replies with a status of the application.
#[public]
#[get("/own/<status>")]
fn own(status: u16) -> Status {
    Status::new(status)
}

// Our attributes do not compile with this argument, so this is a plain route of Rocket.
#[get("/optional")]
fn optional(token: Option<&AccessToken>) -> Result<&'static str, Status> {
    token.map(|_| "known").ok_or(Status::Forbidden)
}

#[catch(401)]
fn own_unauthorized(request: &Request<'_>) -> String {
    match AuthError::for_request(request) {
        Some(error) => format!("{} {:?}", error.code(), error.challenge()),
        None => "not a matter of tokens".to_owned(),
    }
}

#[catch(default)]
fn own_default(status: Status, _: &Request<'_>) -> String {
    format!("default {status}")
}

/// Returns Rocket's own reply to a status.
async fn rocket_without_auth(status: u16) -> Reply {
    let rocket = rocket::custom(quiet()).mount("/", rocket::routes![own]);
    App::launch(rocket)
        .await
        .get(&format!("/own/{status}"))
        .send()
        .await
}

fn essentials(reply: &Reply) -> (u16, Option<&str>, Option<&str>, &str) {
    let header = |name| reply.header(name);
    (
        reply.status,
        header("Content-Type"),
        header("WWW-Authenticate"),
        &reply.body,
    )
}

#[tokio::test]
async fn another_status_gets_the_default_reply_of_rocket() {
    let api = api(routes![private, own]).await;
    for status in [400, 401, 403, 404, 503] {
        let reply = api.app.get(&format!("/own/{status}")).send().await;
        assert_eq!(
            essentials(&reply),
            essentials(&rocket_without_auth(status).await)
        );
        // A token does not change the reply of a public route either, whether it is valid or not.
        let reply = api.app.get_with(&format!("/own/{status}"), "x").await;
        assert_eq!(
            essentials(&reply),
            essentials(&rocket_without_auth(status).await)
        );
    }
    let json = api
        .app
        .get("/own/401")
        .header("Accept", "application/json")
        .send()
        .await;
    assert_eq!(json.json()["error"]["code"], 401);
}

#[tokio::test]
async fn another_status_gets_the_default_catcher_of_the_application() {
    let build = |rocket: Rocket<Build>| {
        rocket
            .mount("/", routes![private, own])
            .register("/", catchers![own_default])
    };
    let api = api_with(|auth| auth, build).await;
    for status in [400, 401, 403, 404, 503] {
        let reply = api.app.get(&format!("/own/{status}")).send().await;
        assert_eq!(
            (reply.status, &*reply.body),
            (status, &*format!("default {}", Status::new(status)))
        );
    }
    api.app
        .get("/private")
        .send()
        .await
        .expect(&AUTHORIZATION_MISSING);
}

#[tokio::test]
async fn a_catcher_of_the_application_gets_the_error() {
    let build = |rocket: Rocket<Build>| {
        rocket
            .mount("/", routes![private, own])
            .register("/", catchers![own_unauthorized])
    };
    let api = api_with(|auth| auth.malformed_token_status(400), build).await;
    let missing = api.app.get("/private").send().await;
    let expected = r#"authorization_header_missing Some("Bearer")"#;
    assert_eq!((missing.status, &*missing.body), (401, expected));
    let expired = api
        .app
        .get_with("/private", &api.token().expired().mint())
        .await;
    let expected = r#"token_expired Some("Bearer error=\"invalid_token\"")"#;
    assert_eq!((expired.status, &*expired.body), (401, expected));
    let own = api.app.get("/own/401").send().await;
    assert_eq!((own.status, &*own.body), (401, "not a matter of tokens"));
    // We still reply to the other statuses.
    let bad_request = Refusal {
        status: 400,
        ..INVALID_TOKEN
    };
    api.app.get_with("/private", "x").await.expect(&bad_request);
}

#[tokio::test]
async fn a_catcher_of_the_application_at_a_deeper_path_takes_precedence() {
    let build = |rocket: Rocket<Build>| {
        rocket
            .mount("/", routes![private])
            .mount("/deep", routes![private])
            .register("/deep", catchers![own_unauthorized])
    };
    let api = api_with(|auth| auth, build).await;
    api.app
        .get("/private")
        .send()
        .await
        .expect(&AUTHORIZATION_MISSING);
    let deep = api.app.get("/deep/private").send().await;
    assert!(
        deep.body.starts_with("authorization_header_missing"),
        "{deep:?}"
    );
}

#[tokio::test]
async fn catchers_can_be_turned_off() {
    let build = |rocket: Rocket<Build>| rocket.mount("/", routes![private, own]);
    let api = api_with(|auth| auth.catchers(false), build).await;
    let reply = api.app.get("/private").send().await;
    assert_eq!(
        essentials(&reply),
        essentials(&rocket_without_auth(401).await)
    );
    let build = |rocket: Rocket<Build>| {
        rocket
            .mount("/", routes![private])
            .register("/", catchers![own_default])
    };
    let api = api_with(|auth| auth.catchers(false), build).await;
    let reply = api.app.get("/private").send().await;
    assert_eq!(
        (reply.status, &*reply.body),
        (401, "default 401 Unauthorized")
    );
}

#[tokio::test]
async fn a_refusal_that_the_handler_ignored_does_not_explain_another_status() {
    let api = api_with(
        |auth| auth.undeclared_routes(UndeclaredRoutes::Allow),
        |rocket| rocket.mount("/", rocket::routes![optional]),
    )
    .await;
    api.app
        .get_with("/optional", &api.token().mint())
        .await
        .expect_success();
    for token in ["", "x", &api.token().expired().mint()] {
        let reply = api.app.get_with("/optional", token).await;
        assert_eq!(
            essentials(&reply),
            essentials(&rocket_without_auth(403).await)
        );
    }
}
