//! Turns an [`AuthError`] into a JSON reply with its challenge. One catcher does so; it is registered
//! for each status that an [`AuthError`] can have.

mod refusal;

use std::io::Cursor;

use rocket::catcher::{BoxFuture, Catcher};
use rocket::http::{ContentType, Status};
use rocket::serde::json::json;
use rocket::{Build, Request, Response, Rocket};

pub use self::refusal::NoRefusal;
pub(crate) use self::refusal::forget_refusals;
use crate::error::AuthError;

const STATUSES: [u16; 4] = [400, 401, 403, 503];

/// Registers the catchers at `/`, except for a status for which the application has a catcher there.
pub(crate) fn register(rocket: Rocket<Build>) -> Rocket<Build> {
    let taken: Vec<u16> = rocket
        .catchers()
        .filter(|catcher| is_at_root(catcher))
        .filter_map(|c| c.code)
        .collect();
    let ours = STATUSES
        .into_iter()
        .filter(|status| !taken.contains(status));
    let catchers: Vec<Catcher> = ours
        .map(|status| {
            let mut catcher = Catcher::new(status, catch);
            catcher.name = Some("auth_runtime".into());
            catcher
        })
        .collect();
    rocket.register("/", catchers)
}

fn catch<'r>(status: Status, request: &'r Request<'_>) -> BoxFuture<'r> {
    match AuthError::for_request(request).filter(|error| error.status() == status) {
        Some(error) => Box::pin(async move { Ok(reply(&error)) }),
        None => Box::pin(default_reply(status, request)),
    }
}

/// Returns the reply that the request would get without this catcher.
async fn default_reply<'r>(
    status: Status,
    request: &'r Request<'_>,
) -> Result<Response<'r>, Status> {
    let mut catchers = request.rocket().catchers();
    let default = catchers.find(|catcher| catcher.code.is_none() && is_at_root(catcher));
    if let Some(default) = default {
        return default.handler.handle(status, request).await;
    }
    Catcher::default().handler.handle(status, request).await
}

fn is_at_root(catcher: &Catcher) -> bool {
    catcher.base.path() == "/"
}

fn reply(error: &AuthError) -> Response<'static> {
    let body = json!({ "code": error.code(), "description": error.description() }).to_string();
    let mut response = Response::build();
    response
        .status(error.status())
        .header(ContentType::JSON)
        .sized_body(body.len(), Cursor::new(body));
    if let Some(challenge) = error.challenge() {
        response.raw_header("WWW-Authenticate", challenge);
    }
    if let Some(seconds) = error.retry_after() {
        response.raw_header("Retry-After", seconds.to_string());
    }
    response.finalize()
}
