//! Tests `scopes!`: the scopes of an API as constants.

use auth_runtime::{requires_scope, routes, scopes};
use rocket::get;
use serde_json::json;

use super::expect_each;
use crate::support::*;

scopes! {
    /// What clients can be granted.
    mod scope {
        /// Read messages.
        READ = "read:messages";
        /// Delete messages.
        DELETE = "delete:messages";
    }
}

mod nested {
    auth_runtime::scopes! {
        pub(super) mod scope {
            ADMIN = "admin";
        }
    }
}

scopes! {
    pub(crate) mod none {}
}

#[requires_scope(scope::READ, any(scope::DELETE, nested::scope::ADMIN))]
#[get("/messages")]
fn messages() {}

#[test]
fn all_scopes_are_listed_in_the_order_of_their_declaration() {
    assert_eq!(scope::ALL, ["read:messages", "delete:messages"]);
    assert_eq!(nested::scope::ALL, ["admin"]);
    assert!(none::ALL.is_empty());
}

#[tokio::test]
async fn constants_are_scopes_at_every_depth() {
    let seed = api(routes![messages]).await;
    let cases = [
        (json!({ "scope": "read:messages delete:messages" }), true),
        (json!({ "scope": "read:messages admin" }), true),
        (json!({ "scope": "read:messages" }), false),
        (json!({ "scope": "delete:messages admin" }), false),
        (json!({ "scope": "READ DELETE" }), false),
    ];
    expect_each(&seed, "/messages", &cases).await;
}
