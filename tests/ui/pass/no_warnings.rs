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

use auth_runtime::{
    AccessToken, Authorized, Policy, Protected, Rule, RuleError, public, requires, requires_auth,
    requires_claim, requires_permission, requires_role, requires_scope, routes,
};
use rocket::Request;
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

struct Weekday {
    number: u8,
}

#[rocket::async_trait]
impl Rule for Weekday {
    async fn allows(&self, _: &AccessToken, _: &Request<'_>) -> Result<bool, RuleError> {
        Ok(self.number < 6)
    }
}

impl Weekday {
    const fn new(number: u8) -> Self {
        Self { number }
    }
}

/// Every requirement that there is.
#[requires_auth(max_age = 300, acr = "gold")]
#[requires_scope(any("a", all(READ, "b")), not_found)]
#[requires_permission("a", report_only)]
#[requires_role("a", not_found, report_only)]
#[requires_claim(sub = "<user>", level = -5, any(admin = true, "/a/b" = "c"))]
#[requires(Weekday::new(1), any(Weekday { number: 2 }, Weekday::new(3)))]
#[get("/f/<user>")]
fn everything(user: &str) -> String {
    user.to_owned()
}

#[requires_scope("read:messages")]
#[requires_auth]
mod protected {
    use auth_runtime::{public, requires_role};
    use rocket::get;

    #[requires_role("a")]
    #[get("/g")]
    pub(super) fn of_a_module() -> String {
        "g".to_owned()
    }

    #[public]
    #[get("/h")]
    pub(super) const fn exempted() -> &'static str {
        "h"
    }

    pub(super) mod nested {
        #[rocket::get("/i")]
        pub(in super::super) const fn plain() -> &'static str {
            "i"
        }
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
        inner::of_the_parent,
        everything,
        protected::of_a_module,
        protected::exempted,
        protected::nested::plain,
    ]
}

#[test]
fn expansions_cause_no_warnings() {
    let _ = names;
    assert_eq!(all().len(), 10);
}
