//! Handlers, modules and lists in places and with names that collide with what the expansions use.

use auth_runtime::{
    AccessToken, Policies, Protected, protect, requires_auth, requires_claim, requires_role,
    requires_scope, routes,
};
use rocket::request::FromParam;
use rocket::{Route, get, head, post, route};

/// Keywords as names, of attributes too.
#[requires_role("admin")]
pub mod r#mod {
    #[auth_runtime::requires_scope("a")]
    pub mod r#fn {
        #[rocket::get("/raw/<type>")]
        pub fn r#type(r#type: &str) -> String {
            r#type.to_owned()
        }
    }

    #[auth_runtime::r#requires_scope("b")]
    #[r#auth_runtime::requires_permission("c")]
    #[rocket::r#get("/raw_attributes")]
    pub fn raw_attributes() {}
}

#[cfg_attr(all(), requires_role("admin"), cfg_attr(all(), requires_scope("a")))]
pub mod conditional {
    #[cfg_attr(all(), rocket::get("/conditional"))]
    pub async fn handler() {}

    #[cfg_attr(any(), auth_runtime::public)]
    pub mod inner {
        #[rocket::get("/inner")]
        pub fn handler() {}
    }
}

/// Items with the names of what the expansions refer to.
mod shadowed {
    #![allow(non_camel_case_types)]

    pub struct Option;
    pub struct Vec;
    pub struct Policy;
    pub struct Authorized;
    pub mod auth_runtime {}
    pub mod rocket {}
    pub type str = u8;
    pub type u64 = u8;

    #[::auth_runtime::requires_auth(max_age = 300)]
    #[::auth_runtime::requires_scope("a", any("b", "c"))]
    #[::rocket::get("/shadowed")]
    pub fn handler() {}

    pub fn routes() -> ::std::vec::Vec<::rocket::Route> {
        ::auth_runtime::routes![#![requires_auth] handler]
    }
}

pub struct Id<const DIGITS: usize>(String);

impl<'a, const DIGITS: usize> FromParam<'a> for Id<DIGITS> {
    type Error = ();

    fn from_param(segment: &'a str) -> Result<Self, ()> {
        let is_id = segment.len() == DIGITS;
        is_id.then(|| Self(segment.to_owned())).ok_or(())
    }
}

impl<const DIGITS: usize> std::fmt::Display for Id<DIGITS> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[requires_claim(sub = "<id>")]
#[get("/const_generics/<id>")]
fn const_generics(id: Id<{ 1 + 1 }>) -> String {
    id.to_string()
}

type Token<'r> = &'r AccessToken;

#[requires_scope("a")]
#[route(GET, rank = 7, format = "json", uri = "/bounds/<first>?<second>")]
fn bounds<'r, 's>(first: &'r str, second: &'s str, token: Token<'r>) -> &'r str
where
    's: 'r,
{
    token
        .subject()
        .unwrap_or(if first.is_empty() { second } else { first })
}

#[requires_auth]
#[head("/head", rank = 1)]
fn head_only() {}

/// A handler with the name of its argument.
#[requires_auth]
#[post("/<body>", data = "<data>")]
fn body(body: u8, data: &str) -> String {
    format!("{body}{data}")
}

#[requires_auth]
mod with_closures {
    #[rocket::get("/closures")]
    pub async fn handler() -> String {
        let text = async |more: &str| {
            debug_assert!(!more.is_empty());
            format!("text {more}")
        };
        let inner = async {
            assert_ne!(more_text(), "");
            let values = [1, 2];
            match values.len() {
                1 => println!("one"),
                2 => println!("two"),
                _ => {}
            }
        };
        inner.await;
        text("more").await
    }

    fn more_text() -> String {
        "more".to_owned()
    }

    pub struct Items;

    impl Items {
        pub const COUNT: usize = {
            assert!(usize::BITS > 8);
            2
        };

        #[must_use]
        pub fn list<const N: usize>() -> [u8; N] {
            assert!(N > 0);
            [0; N]
        }
    }

    pub fn negated(value: bool) -> bool {
        !{
            println!("{value}");
            value
        }
    }
}

pub use self::conditional::handler as renamed;
mod glob {
    pub(super) use super::conditional::inner::*;
}

/// The macro of another crate that mounts a list.
macro_rules! mount {
    ($rocket:expr, $base:literal, $($handler:path),* $(,)?) => {
        $rocket.mount($base, routes![ #![requires_scope("mounted")] $($handler),* ])
    };
}

fn in_a_block() -> Vec<Route> {
    const fn one() -> usize {
        #[requires_auth]
        #[get("/nowhere")]
        #[allow(dead_code)]
        fn nowhere() {}
        1
    }
    let routes = {
        #[requires_scope("block")]
        #[get("/block")]
        fn block() {}
        protect![
            #![requires_auth]
            routes![block]
        ]
    };
    assert_eq!(routes.len(), one());
    routes
}

#[test]
fn compiles_and_has_its_policies() {
    let rocket = rocket::build()
        .mount("/", shadowed::routes())
        .mount("/", in_a_block())
        .mount(
            "/",
            routes![
                r#mod::r#fn::r#type,
                r#mod::raw_attributes,
                const_generics,
                bounds,
                head_only,
                body,
                with_closures::handler,
            ],
        );
    let rocket = mount!(rocket, "/", renamed, glob::handler);
    let policies = Policies::of(&rocket);
    let texts: Vec<_> = policies
        .iter()
        .map(|route| format!("{}: {}", route.uri(), route.policy_text()))
        .collect();
    assert_eq!(
        texts,
        [
            "/<body>: requires_auth",
            r#"/block: requires_scope("block")"#,
            r#"/bounds/<first>?<second>: requires_scope("a")"#,
            "/closures: requires_auth",
            r#"/conditional: requires_scope("mounted") requires_role("admin") requires_scope("a")"#,
            r#"/const_generics/<id>: requires_claim(sub = "<id>")"#,
            "/head: requires_auth",
            r#"/inner: requires_scope("mounted") requires_role("admin") requires_scope("a")"#,
            r#"/raw/<type>: requires_role("admin") requires_scope("a")"#,
            r#"/raw_attributes: requires_role("admin") requires_scope("b") requires_permission("c")"#,
            r#"/shadowed: requires_auth(max_age = 300) requires_scope("a", any("b", "c"))"#,
        ]
    );
    assert_eq!(with_closures::Items::COUNT, 2);
    assert_eq!(with_closures::Items::list::<1>(), [0]);
    assert!(!with_closures::negated(true));
    assert_eq!(
        <renamed as Protected>::POLICY.to_string(),
        r#"requires_role("admin") requires_scope("a")"#
    );
}
