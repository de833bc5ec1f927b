//! A protected API to start from. [`rocket()`] builds it, and [`run()`] launches it.

mod commands;
mod cors;
mod events;
mod example_calls;
mod health;
mod metrics;
mod openapi;
mod revocations;
mod routes;

use auth_runtime::Auth;
use auth_runtime::issuer::LocalIssuer;
use rocket::{Build, Rocket};

pub use crate::commands::run;

/// The port of the local issuer, and the audience of its tokens.
const ISSUER_PORT: u16 = 9000;
const AUDIENCE: &str = "https://api.example.com";

auth_runtime::scopes! {
    /// The scopes of this API.
    pub mod scopes {
        /// Read messages.
        READ_MESSAGES = "read:messages";
        /// Call the route that demonstrates scopes.
        EXAMPLE_SCOPE = "example:scope";
        /// Read the metrics.
        READ_METRICS = "read:metrics";
        /// Revoke tokens.
        REVOKE_TOKENS = "revoke:tokens";
    }
}

/// Builds the API. It uses the configured issuer. If none is configured, it starts a local one.
pub fn rocket() -> Rocket<Build> {
    let local_issuer = LocalIssuer::builder(AUDIENCE).port(ISSUER_PORT);
    let auth = Auth::builder()
        .or_local_issuer(local_issuer)
        .vocabulary(scopes::VOCABULARY)
        .public_route(cors::ROUTE);
    rocket::build()
        .attach(cors::fairing())
        .attach(metrics::fairing())
        .attach(auth.fairing())
        .attach(example_calls::fairing())
        .attach(Auth::console().also_at("/"))
        .attach(openapi::fairing())
        .mount("/", routes::all())
}
