//! The console: who may see it, and whether it says what the routes answer.

mod gate;
mod verdicts;

use auth_runtime::Auth;
use reqwest::Method;
use serde_json::Value;

use crate::support::*;

/// The seed app, which serves the console at `/` and `/_auth`.
async fn console() -> Seed {
    seed().await
}

/// Sends JSON to an endpoint of the console.
async fn post(app: &App, name: &str, body: &Value) -> Reply {
    let call = app.request(Method::POST, &format!("/_auth/{name}"));
    let call = call.header("Content-Type", "application/json");
    call.body(body.to_string()).send().await
}

/// Launches an application with these routes and the console.
async fn api_with_console(routes: Vec<rocket::Route>) -> Seed {
    let build =
        |rocket: rocket::Rocket<rocket::Build>| rocket.attach(Auth::console()).mount("/", routes);
    api_with(|auth| auth, build).await
}
