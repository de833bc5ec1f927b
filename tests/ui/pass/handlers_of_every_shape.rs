//! Sync and async, of any visibility, with parameters, data, lifetimes, guards and results.

use std::path::PathBuf;

use auth_runtime::{AccessToken, requires_auth, requires_scope, routes};
use rocket::form::Form;
use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{FromForm, get, post};

#[derive(FromForm)]
struct Message<'r> {
    text: &'r str,
}

#[requires_auth]
#[get("/a/<id>/<path..>?<page>&<rest..>", rank = 2, format = "json")]
fn parameters(id: u8, path: PathBuf, page: Option<u16>, rest: Vec<String>) -> String {
    format!("{id} {path:?} {page:?} {rest:?}")
}

#[requires_auth]
#[post("/b", data = "<message>")]
async fn data(message: Form<Message<'_>>) -> Result<Json<String>, Status> {
    Ok(Json(message.text.to_owned()))
}

#[requires_scope("a")]
#[get("/c/<name>")]
fn lifetimes<'r>(name: &'r str, token: &'r AccessToken) -> &'r str {
    let _ = token;
    name
}

#[requires_scope("a")]
#[get("/d")]
pub async fn public_and_async() {}

#[requires_scope("a")]
#[get("/e")]
pub(crate) fn of_the_crate() -> Option<&'static str> {
    Some("e")
}

/// Documented.
#[requires_auth]
/// Twice.
#[get("/f")]
#[doc = "Thrice."]
fn documented() {}

#[requires_auth]
#[get("/g")]
fn r#move(r#type: Option<&rocket::http::ContentType>) {
    let _ = r#type;
}

#[requires_auth]
#[get("/h")]
fn with_inner_attributes() -> String {
    #![allow(unused_variables)]
    let unused = 1;
    "g".into()
}

#[requires_auth]
#[get("/i")]
#[deprecated]
fn obsolete() {}

#[test]
fn compiles_and_has_its_policies() {
    #[requires_auth]
    #[get("/j")]
    fn in_a_function() {}

    #[allow(deprecated)]
    let routes = routes![
        parameters,
        data,
        lifetimes,
        public_and_async,
        of_the_crate,
        documented,
        r#move,
        with_inner_attributes,
        obsolete,
        in_a_function
    ];
    assert_eq!(routes.len(), 10);
}
