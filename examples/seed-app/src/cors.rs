//! Lets pages of any origin call the API and read its replies.

use std::collections::HashSet;

use rocket::fairing::{self, Fairing, Info};
use rocket::{Build, Data, Request, Response, Rocket};
use rocket_cors::headers::Origin;
use rocket_cors::{AllowedHeaders, Cors, CorsOptions};

/// The route that the fairing mounts to answer requests that CORS forbids.
pub(crate) const ROUTE: &str = "/cors/<status>";

pub(crate) fn fairing() -> impl Fairing {
    let cors = CorsOptions {
        allowed_headers: AllowedHeaders::some(&["Authorization", "Content-Type", "DPoP"]),
        // A page needs these headers of a refusal beside its status and body.
        expose_headers: HashSet::from(
            ["WWW-Authenticate", "Retry-After", "DPoP-Nonce"].map(String::from),
        ),
        send_wildcard: true,
        ..CorsOptions::default()
    }
    .to_cors()
    .expect("these options do not contradict each other");
    WellFormedOrigins(cors)
}

/// Treats a malformed `Origin` like a missing one. `rocket_cors` would answer it with an error page.
struct WellFormedOrigins(Cors);

impl WellFormedOrigins {
    fn is_cors(request: &Request<'_>) -> bool {
        let origin = request.headers().get_one("Origin");
        origin.is_some_and(|origin| origin.parse::<Origin>().is_ok())
    }
}

#[rocket::async_trait]
impl Fairing for WellFormedOrigins {
    fn info(&self) -> Info {
        self.0.info()
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        self.0.on_ignite(rocket).await
    }

    async fn on_request(&self, request: &mut Request<'_>, data: &mut Data<'_>) {
        if Self::is_cors(request) {
            self.0.on_request(request, data).await;
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        if Self::is_cors(request) {
            self.0.on_response(request, response).await;
        }
    }
}
