//! The policies in an OpenAPI document: one of the routes only, one by hand, one of utoipa's, and that of
//! the seed app.

mod by_hand;
mod security_schemes;
mod seed_document;
mod skeleton;
mod utoipa_document;

use auth_runtime::{Auth, AuthBuilder, Policies, UndeclaredRoutes};
use rocket::local::asynchronous::Client;
use rocket::{Build, Rocket};
use serde_json::Value;

use crate::support::*;

fn auth() -> AuthBuilder {
    Auth::builder()
        .issuer("http://127.0.0.1:1/")
        .audience("https://api.test")
        .undeclared_routes(UndeclaredRoutes::Allow)
}

/// The policies of these routes under this configuration.
async fn policies(
    auth: AuthBuilder,
    build: impl FnOnce(Rocket<Build>) -> Rocket<Build>,
) -> Policies {
    let rocket = build(rocket::custom(quiet()).attach(auth.fairing()));
    let client = Client::untracked(rocket).await;
    Policies::of(client.expect("the application launches").rocket())
}

/// The statuses of the replies that an operation documents.
fn statuses(operation: &Value) -> Vec<&str> {
    let replies = operation["responses"].as_object();
    replies
        .expect("an operation has replies")
        .keys()
        .map(String::as_str)
        .collect()
}
