//! Requirements where routes are mounted.

use auth_runtime::{Policies, protect, requires_auth, routes};
use rocket::Route;
use rocket::fs::FileServer;

const AUDIT: &str = "audit";

#[requires_auth]
#[rocket::get("/users")]
fn users() {}

mod admin {
    #[auth_runtime::requires_scope("write")]
    #[rocket::put("/settings")]
    pub fn settings() {}
}

struct Open;

#[rocket::async_trait]
impl auth_runtime::Rule for Open {
    async fn allows(
        &self,
        _: &auth_runtime::AccessToken,
        _: &rocket::Request<'_>,
    ) -> Result<bool, auth_runtime::RuleError> {
        Ok(true)
    }
}

fn table(routes: impl Into<Vec<Route>>) -> Vec<String> {
    let rocket = rocket::build().mount("/", routes);
    let policies = Policies::of(&rocket);
    policies.iter().map(|route| route.policy_text()).collect()
}

#[test]
fn the_requirements_of_a_list_come_before_those_of_each_route() {
    let routes = routes![
        #![requires_role(any("admin", AUDIT), not_found)]
        #![requires(Open)]
        users,
        admin::settings,
    ];
    let list = r#"requires_role(any("admin", "audit"), not_found) requires(Open)"#;
    assert_eq!(
        table(routes),
        [
            format!(r#"{list} requires_scope("write")"#),
            list.to_owned()
        ]
    );
    assert_eq!(
        table(routes![#![auth_runtime::requires_auth]
        users]),
        ["requires_auth"]
    );
}

#[test]
fn routes_of_others_get_a_policy() {
    let files = || FileServer::new(".", rocket::fs::Options::None);
    assert_eq!(
        table(protect![ #![requires_scope("files")] files() ]),
        [r#"requires_scope("files")"#]
    );
    assert_eq!(table(protect![ #![public] files(), ]), ["public"]);
    assert_eq!(
        table(protect![ #![requires_auth] files() ]),
        ["requires_auth"]
    );
}

#[test]
fn attributes_may_come_from_a_macro() {
    macro_rules! mounted {
        ($requirement:meta, $($route:path),*) => { routes![ #![$requirement] $($route),* ] };
    }
    assert_eq!(
        table(mounted!(requires_role("admin"), users)),
        [r#"requires_role("admin")"#]
    );
}
