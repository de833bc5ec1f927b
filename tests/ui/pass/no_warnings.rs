//! The expansion warns of nothing, whatever is denied. Clippy lints this file as well, as a module
//! of the test suite.
#![deny(warnings, clippy::all, clippy::pedantic, clippy::nursery)]
#![deny(
    missing_docs,
    rust_2018_idioms,
    unnameable_types,
    unreachable_pub,
    unused_lifetimes,
    unused_qualifications,
    single_use_lifetimes
)]
// Asks for the opposite of `unreachable_pub`.
#![allow(clippy::redundant_pub_crate)]

use auth_runtime::{Authorized, Policy, Protected, public, requires_auth, requires_scope, routes};
use rocket::tokio::task::yield_now;
use rocket::{Route, get, post};

const READ: &str = "read:messages";

/// A public route.
#[public]
#[get("/ping")]
const fn ping() -> &'static str {
    "pong"
}

/// A route of the crate.
#[requires_auth]
#[get("/a")]
pub(crate) fn of_the_crate() -> String {
    "a".to_owned()
}

#[requires_scope("a", READ)]
#[get("/b")]
async fn private() -> &'static str {
    yield_now().await;
    "b"
}

/// As many arguments as clippy allows.
#[requires_scope(READ)]
#[requires_auth]
#[post("/c/<a1>/<a2>/<a3>/<a4>/<a5>/<a6>/<a7>")]
fn arguments(a1: u8, a2: u8, a3: u8, a4: u8, a5: u8, a6: u8, a7: u8) -> String {
    format!("{a1}{a2}{a3}{a4}{a5}{a6}{a7}")
}

#[requires_auth]
#[get("/d")]
#[deprecated]
fn obsolete() -> String {
    "d".to_owned()
}

mod inner {
    use auth_runtime::requires_auth;
    use rocket::get;

    #[requires_auth]
    #[get("/e")]
    pub(super) fn of_the_parent() -> String {
        "e".to_owned()
    }
}

/// Names that the expansion uses are in scope here by themselves.
const fn names(_: &Authorized<ping>) -> Policy {
    <ping as Protected>::POLICY
}

#[allow(deprecated)]
fn all() -> Vec<Route> {
    routes![
        ping,
        of_the_crate,
        private,
        arguments,
        obsolete,
        inner::of_the_parent
    ]
}

pub(crate) fn main() {
    let _ = names;
    assert_eq!(all().len(), 6);
}
