//! The routes of the console. Each begins with a proof of the gate, so that a request which does not
//! pass goes on to other routes.

use rocket::http::{ContentType, Status};
use rocket::response::content::RawHtml;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post};
use serde::Deserialize;

use super::answer::Answer;
use super::assets;
use super::body::Body;
use super::callers::Caller;
use super::gate::{FromConsole, FromThisMachine};
use super::judge;
use super::overview::Overview;
#[cfg(feature = "issuer")]
use super::tokens::TokenOrder;
use crate::auth::Auth;
#[cfg(feature = "issuer")]
use crate::issuer::LocalIssuer;
use crate::policy::Parameters;
use crate::routes::Policies;
use crate::{public, routes};

pub(super) fn all() -> Vec<Route> {
    let mut all = tokens();
    all.extend(routes![index, file, overview_json, verdicts]);
    all
}

/// What needs a local issuer.
#[cfg(feature = "issuer")]
fn tokens() -> Vec<Route> {
    routes![token]
}

#[cfg(not(feature = "issuer"))]
fn tokens() -> Vec<Route> {
    Vec::new()
}

/// The page at another path.
pub(super) fn page() -> Vec<Route> {
    routes![index]
}

#[public]
#[get("/")]
fn index(_from: FromThisMachine) -> RawHtml<&'static str> {
    RawHtml(assets::PAGE)
}

#[public]
#[get("/<name>")]
fn file(_from: FromConsole<'_>, name: &str) -> Option<(ContentType, &'static str)> {
    assets::find(name)
}

#[public]
#[get("/overview")]
fn overview_json(from: FromConsole<'_>, auth: &State<Auth>) -> Json<Overview> {
    Json(Overview::new(from.rocket(), auth))
}

/// What is asked about a caller.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    caller: Caller,
    /// Those of the path, where the page knows them.
    #[serde(default)]
    parameters: Parameters,
}

#[public]
#[post("/verdicts", format = "json", data = "<question>")]
async fn verdicts(
    from: FromConsole<'_>,
    question: Body<Question>,
    auth: &State<Auth>,
) -> Result<Json<Answer>, Status> {
    let Body(Question { caller, parameters }) = question;
    let rocket = from.rocket();
    let token = caller.token(rocket).map_err(|_| Status::NotFound)?;
    let policies = Policies::of(rocket);
    let answer = judge::judge(auth, token.as_deref(), &parameters, &policies).await;
    Ok(Json(answer))
}

#[cfg(feature = "issuer")]
#[public]
#[post("/token", format = "json", data = "<order>")]
fn token(from: FromConsole<'_>, order: Body<TokenOrder>) -> Result<String, Status> {
    let issuer = from.rocket().state::<LocalIssuer>();
    let token = issuer.and_then(|issuer| order.0.mint(issuer));
    token.ok_or(Status::NotFound)
}
