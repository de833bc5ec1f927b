//! Lets pages of any origin call the API and read its replies.

use std::collections::HashSet;

use rocket::fairing::{self, Fairing, Info};
use rocket::http::Method;
use rocket::{Build, Data, Request, Response, Rocket, uri};
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
    LenientCors(cors)
}

/// Handles what `rocket_cors` would answer with an error page: a malformed `Origin` counts as missing, and
/// an `OPTIONS` request that is not a preflight is an ordinary request. Pages can read every reply, those to
/// forbidden preflights included.
struct LenientCors(Cors);

/// Whether `rocket_cors` handles a request, which must not change while it is handled.
struct IsHandled(bool);

fn has_origin(request: &Request<'_>) -> bool {
    let origin = request.headers().get_one("Origin");
    origin.is_some_and(is_origin)
}

/// Returns whether this is an origin as RFC 6454 §7 writes it: `null`, or a scheme and a host, perhaps with
/// a port. `rocket_cors` also accepts other parts of URLs.
fn is_origin(origin: &str) -> bool {
    let has_only_host = |(_, host): (&str, &str)| !host.contains(['/', '\\', '?', '#', '@']);
    let is_written_so = origin == "null" || origin.split_once("://").is_some_and(has_only_host);
    is_written_so && origin.is_ascii() && origin.parse::<Origin>().is_ok()
}

fn is_handled(request: &Request<'_>) -> bool {
    let decide = || {
        let is_preflight = request.headers().contains("Access-Control-Request-Method");
        IsHandled(has_origin(request) && (is_preflight || request.method() != Method::Options))
    };
    request.local_cache(decide).0
}

#[rocket::async_trait]
impl Fairing for LenientCors {
    fn info(&self) -> Info {
        self.0.info()
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        self.0.on_ignite(rocket).await
    }

    async fn on_request(&self, request: &mut Request<'_>, data: &mut Data<'_>) {
        // Only the fairing may send requests to its route.
        if request.uri().path().segments().next() == Some("cors") {
            request.set_uri(uri!("/cors"));
        }
        if is_handled(request) {
            self.0.on_request(request, data).await;
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        if is_handled(request) {
            self.0.on_response(request, response).await;
        }
        if has_origin(request) {
            response.set_raw_header("Access-Control-Allow-Origin", "*");
        }
    }
}
