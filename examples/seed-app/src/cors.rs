//! Lets pages of any origin call the API and read its refusals.

use std::collections::HashSet;

use rocket::fairing::Fairing;
use rocket_cors::{AllowedHeaders, CorsOptions};

/// Mounted by the fairing, for its own use: it answers requests that CORS forbids.
pub(crate) const ROUTE: &str = "/cors/<status>";

pub(crate) fn fairing() -> impl Fairing {
    CorsOptions {
        allowed_headers: AllowedHeaders::some(&["Authorization", "Content-Type"]),
        // What a page needs of a refusal beside its status and body.
        expose_headers: HashSet::from(["WWW-Authenticate", "Retry-After"].map(String::from)),
        send_wildcard: true,
        ..CorsOptions::default()
    }
    .to_cors()
    .expect("these options do not contradict each other")
}
