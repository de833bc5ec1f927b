//! A reply that a handler gives itself is never answered like the refusal of a guard, although a guard
//! may have met an invalid token and accepted it.

use auth_runtime::{
    AccessToken, AuthError, OptionalToken, Rule, RuleError, UndeclaredRoutes, public, requires,
    requires_auth, routes,
};
use reqwest::Method;
use rocket::data::{self, Data, FromData};
use rocket::fairing::AdHoc;
use rocket::http::Status;
use rocket::outcome::try_outcome;
use rocket::request::{FromRequest, Outcome};
use rocket::{Build, Request, Rocket, catch, catchers, get, post};

use crate::support::*;

/// Refuses a request without a token that is good for editing.
struct Editor;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Editor {
    type Error = AuthError;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, AuthError> {
        let token = try_outcome!(request.guard::<&AccessToken>().await);
        match token.require_scope("edit") {
            Ok(()) => Outcome::Success(Self),
            Err(error) => error.into_outcome(request),
        }
    }
}

/// Accepts every request, whatever its token is.
struct Anyone;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Anyone {
    type Error = AuthError;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, AuthError> {
        let _ = request.guard::<OptionalToken<'_>>().await;
        Outcome::Success(Self)
    }
}

/// Leaves requests without a valid token to the next route.
struct Known;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Known {
    type Error = AuthError;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, AuthError> {
        match request.guard::<&AccessToken>().await {
            Outcome::Success(_) => Outcome::Success(Self),
            Outcome::Error((status, _)) | Outcome::Forward(status) => Outcome::Forward(status),
        }
    }
}

struct AsksForEditors;

#[rocket::async_trait]
impl Rule for AsksForEditors {
    async fn allows(&self, _: &AccessToken, request: &Request<'_>) -> Result<bool, RuleError> {
        let _ = request.guard::<Editor>().await;
        Ok(true)
    }
}

#[public]
#[get("/public?<status>")]
fn of_anyone(status: u16, _anyone: Anyone) -> Status {
    Status::new(status)
}

#[public]
#[get("/option?<status>")]
fn of_an_option(_editor: Option<Editor>, status: u16) -> Status {
    Status::new(status)
}

type Maybe<T> = Result<T, AuthError>;

#[public]
#[post("/result?<status>", data = "<_body>")]
fn of_a_result(status: u16, _editor: Maybe<Editor>, _body: &str) -> Status {
    Status::new(status)
}

#[requires_auth]
#[get("/protected?<status>")]
fn protected(_token: &AccessToken, status: u16, _editor: Option<Editor>) -> Status {
    Status::new(status)
}

#[requires(AsksForEditors)]
#[get("/rule?<status>")]
fn of_a_rule(status: u16) -> Status {
    Status::new(status)
}

#[public]
#[get("/forwards", rank = 1)]
fn forwards(_known: Known) -> &'static str {
    "known"
}

// A plain Rocket route.
#[get("/forwards?<status>", rank = 2)]
fn forwarded_to(status: u16) -> Status {
    Status::new(status)
}

#[get("/plain?<status>")]
fn plain(status: u16, caller: OptionalToken<'_>) -> Status {
    let _ = caller.token();
    Status::new(status)
}

/// A body that only callers with a valid token may send.
struct Upload;

#[rocket::async_trait]
impl<'r> FromData<'r> for Upload {
    type Error = AuthError;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self> {
        match request.guard::<&AccessToken>().await {
            Outcome::Success(_) => data::Outcome::Success(Self),
            Outcome::Error(error) => data::Outcome::Error(error),
            Outcome::Forward(status) => data::Outcome::Forward((data, status)),
        }
    }
}

#[public]
#[post("/upload", data = "<_upload>")]
fn of_an_upload(_upload: Upload) -> &'static str {
    "uploaded"
}

#[public]
#[post("/hidden?<status>", data = "<_upload>")]
fn of_an_optional_upload(status: u16, _upload: Option<Upload>) -> Status {
    Status::new(status)
}

#[public]
#[get("/refuses")]
fn refuses(_anyone: Anyone, _editor: Editor) -> &'static str {
    "edited"
}

#[public]
#[get("/late")]
fn refuses_late(_editor: Option<Editor>, _token: &AccessToken) -> &'static str {
    "known"
}

#[public]
#[get("/returns")]
fn returns(editor: Result<Editor, AuthError>) -> Result<&'static str, AuthError> {
    editor.map(|_| "edited")
}

#[get("/status/<status>")]
fn status(status: u16) -> Status {
    Status::new(status)
}

fn mount(rocket: Rocket<Build>) -> Rocket<Build> {
    let ours = routes![
        of_anyone,
        of_an_option,
        of_a_result,
        protected,
        of_a_rule,
        of_an_upload,
        of_an_optional_upload,
        forwards,
        refuses,
        refuses_late,
        returns,
    ];
    let plain = rocket::routes![forwarded_to, plain, status];
    rocket.mount("/", ours).mount("/", plain)
}

async fn start() -> Seed {
    api_with(
        |auth| auth.undeclared_routes(UndeclaredRoutes::Allow),
        mount,
    )
    .await
}

/// The parts of a reply that distinguish Rocket's replies from ours.
fn essentials(reply: &Reply) -> (u16, Option<&str>, Option<&str>, &str) {
    let header = |name| reply.header(name);
    let challenge = header("WWW-Authenticate");
    (reply.status, header("Content-Type"), challenge, &reply.body)
}

#[tokio::test]
async fn a_handlers_own_status_is_not_answered_like_a_refusal_that_a_guard_accepted() {
    let seed = start().await;
    let forged = seed.token().other_key().mint();
    let reader = seed.token().scope("read").mint();
    for status in [400, 401, 403, 503] {
        let own = seed.app.get(&format!("/status/{status}")).send().await;
        for (path, token) in [
            ("/public", &*forged),
            ("/option", &forged),
            ("/option", &reader),
            ("/protected", &reader),
            ("/rule", &reader),
            ("/forwards", &forged),
        ] {
            let path = format!("{path}?status={status}");
            let reply = seed.app.get_with(&path, token).await;
            assert_eq!(essentials(&reply), essentials(&own), "{path}");
        }
        for token in [&*forged, &reader] {
            let path = format!("/result?status={status}");
            let post = seed.app.request(Method::POST, &path).bearer(token);
            let reply = post.send().await;
            assert_eq!(essentials(&reply), essentials(&own), "a body");
        }
    }
}

#[tokio::test]
async fn a_refusal_that_no_guard_accepts_is_answered_as_such() {
    let seed = start().await;
    let forged = seed.token().other_key().mint();
    for path in ["/refuses", "/late", "/returns", "/plain", "/protected"] {
        let path = format!("{path}?status=401");
        let reply = seed.app.get_with(&path, &forged).await;
        reply.expect(&INVALID_TOKEN);
    }
    let reader = seed.token().scope("read").mint();
    for path in ["/refuses", "/returns"] {
        let path = format!("{path}?status=403");
        let reply = seed.app.get_with(&path, &reader).await;
        assert_eq!(reply.json()["code"], "Unauthorized", "{path}");
    }
    let missing = seed.app.get("/late?status=401").send().await;
    missing.expect(&AUTHORIZATION_MISSING);
}

/// The chapter "Reading the caller" says so: nothing runs between the data guard and the handler.
#[tokio::test]
async fn a_refusal_that_a_data_guard_hides_is_the_reply_to_the_handlers_own_status() {
    let seed = start().await;
    let forged = seed.token().other_key().mint();
    let post = async |path: &str| {
        let post = seed.app.request(Method::POST, path).bearer(&forged);
        post.send().await
    };
    post("/upload").await.expect(&INVALID_TOKEN);
    post("/hidden?status=401").await.expect(&INVALID_TOKEN);
    let own = seed.app.get("/status/400").send().await;
    assert_eq!(
        essentials(&post("/hidden?status=400").await),
        essentials(&own)
    );
    assert_eq!(post("/hidden?status=204").await.status, 204);
}

#[tokio::test]
async fn a_plain_handler_with_an_optional_token_has_its_own_replies() {
    let seed = start().await;
    let own = seed.app.get("/status/401").send().await;
    let anonymous = seed.app.get("/plain?status=401").send().await;
    assert_eq!(essentials(&anonymous), essentials(&own));
    let token = seed.token().mint();
    let known = seed.app.get_with("/plain?status=401", &token).await;
    assert_eq!(essentials(&known), essentials(&own));
}

#[tokio::test]
async fn a_refusal_that_a_fairing_met_is_not_that_of_the_route() {
    let asks = AdHoc::on_request("asks for a token", |request, _| {
        Box::pin(async move {
            let _ = request.guard::<&AccessToken>().await;
        })
    });
    let build = |rocket| mount(rocket).attach(asks);
    let allow = |auth: auth_runtime::AuthBuilder| auth.undeclared_routes(UndeclaredRoutes::Allow);
    let seed = api_with(allow, build).await;
    let forged = seed.token().other_key().mint();
    let own = seed.app.get("/status/401").send().await;
    assert!(own.header("WWW-Authenticate").is_none());
    let reply = seed.app.get_with("/status/401", &forged).await;
    assert_eq!(essentials(&reply), essentials(&own));
    let refused = seed.app.get_with("/protected?status=401", &forged).await;
    refused.expect(&INVALID_TOKEN);
}

#[catch(401)]
fn explain(request: &Request<'_>) -> String {
    AuthError::for_request(request).map_or("the handler".into(), |error| error.code().into())
}

#[tokio::test]
async fn a_catcher_of_the_application_learns_whose_reply_it_is() {
    let build = |rocket| mount(rocket).register("/", catchers![explain]);
    let allow = |auth: auth_runtime::AuthBuilder| auth.undeclared_routes(UndeclaredRoutes::Allow);
    let seed = api_with(allow, build).await;
    let expired = seed.token().expired().mint();
    let own = seed.app.get_with("/option?status=401", &expired).await;
    assert_eq!((own.status, &*own.body), (401, "the handler"));
    let refused = seed.app.get_with("/refuses?status=401", &expired).await;
    assert_eq!((refused.status, &*refused.body), (401, "token_expired"));
}
