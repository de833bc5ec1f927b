//! Tests `scopes!`: the scopes of an API as constants.

use auth_runtime::{Auth, Policies, requires_scope, routes, scopes};
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

scopes! {
    mod described {
        /// Read messages,
        /// but no others.
        READ = "read:messages";
        #[cfg(any())]
        /// Left out.
        LEFT_OUT = "left:out";
        UNUSED = "unused";
        #[doc = "Read messages of all."]
        ALL_MESSAGES = "read:all";
    }
}

#[tokio::test]
async fn scopes_have_the_descriptions_of_their_vocabularies() {
    let auth = Auth::builder()
        .issuer("http://127.0.0.1:1/")
        .audience("https://api.test")
        .vocabulary(described::VOCABULARY)
        .vocabulary(nested::scope::VOCABULARY);
    let rocket = rocket::custom(quiet())
        .attach(auth.fairing())
        .mount("/", routes![messages]);
    let rocket = rocket.ignite().await.expect("the application ignites");
    let scopes = Policies::of(&rocket).scopes();
    let rows = scopes.iter().map(|scope| {
        let routes: Vec<_> = scope.routes().collect();
        (
            scope.name(),
            scope.description(),
            scope.is_declared(),
            routes,
        )
    });
    let route = vec!["GET /messages"];
    assert_eq!(
        rows.collect::<Vec<_>>(),
        [
            ("admin", None, true, route.clone()),
            ("delete:messages", None, false, route.clone()),
            ("read:all", Some("Read messages of all."), true, vec![]),
            (
                "read:messages",
                Some("Read messages, but no others."),
                true,
                route
            ),
            ("unused", None, true, vec![]),
        ]
    );
}
