//! Lets pages of any origin call the endpoints of the issuer. This is safe, because anyone gets a token
//! here, and no cookies are involved.

use rocket::Request;
use rocket::fairing::{AdHoc, Fairing};
use rocket::http::{Header, Status};
use rocket::options;

/// The pages at which users log in are not for scripts of other origins (RFC 9700 §2.6).
const PAGES: [&str; 3] = ["authorize", "device", "end-session"];

pub(super) fn fairing() -> impl Fairing {
    AdHoc::on_response("CORS", |request, response| {
        Box::pin(async move {
            if is_page(request) {
                return;
            }
            for (name, value) in [
                ("Access-Control-Allow-Origin", "*"),
                (
                    "Access-Control-Expose-Headers",
                    "DPoP-Nonce, WWW-Authenticate",
                ),
            ] {
                response.set_header(Header::new(name, value));
            }
            if request.method() == rocket::http::Method::Options {
                for (name, value) in [
                    ("Access-Control-Allow-Methods", "GET, POST"),
                    (
                        "Access-Control-Allow-Headers",
                        "Authorization, Content-Type, DPoP",
                    ),
                ] {
                    response.set_header(Header::new(name, value));
                }
            }
        })
    })
}

/// Returns whether the path leads to a page. It is compared as the router does: by its decoded
/// segments.
fn is_page(request: &Request<'_>) -> bool {
    let segments = request.uri().path().segments();
    PAGES.iter().any(|page| segments.clone().eq([*page]))
}

/// Answers the preflight that a page of another origin sends before it sends JSON or its own headers.
#[options("/<_..>")]
pub(super) fn preflight() -> Status {
    Status::NoContent
}
