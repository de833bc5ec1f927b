//! Arguments of the attributes and of `routes!` that are fragments of a `macro_rules!` macro.

use auth_runtime::{
    Policies, Protected, requires, requires_auth, requires_claim, requires_permission,
    requires_role, requires_scope, routes,
};
use rocket::{Route, get};

pub struct Open(pub u8);

#[rocket::async_trait]
impl auth_runtime::Rule for Open {
    async fn allows(
        &self,
        _: &auth_runtime::AccessToken,
        _: &rocket::Request<'_>,
    ) -> Result<bool, auth_runtime::RuleError> {
        Ok(self.0 > 0)
    }
}

const B: &str = "b";

macro_rules! handler {
    (
        $name:ident, $seconds:literal, $classes:expr, $first:literal, $second:path, $claim:ident,
        $value:literal, $rule:expr, $group:expr, $more:tt, $flag:ident
    ) => {
        #[requires_auth(max_age = $seconds, acr = $classes)]
        #[requires_scope(any($first, $second))]
        #[requires_claim($claim = $value, "a/b" = $value)]
        #[requires_permission($group, $flag)]
        #[requires_role $more]
        #[requires(any($rule, scope($first), role($second)))]
        #[get("/")]
        fn $name() -> &'static str {
            ""
        }
    };
}

handler!(
    all,
    300,
    "mfa",
    "a",
    B,
    level,
    3,
    Open(1),
    any("p", "q"),
    ("r", B),
    not_found
);

macro_rules! list {
    ([$($attribute:meta),*] $role:literal $($route:path),*) => {
        routes![ #![requires_role($role)] $(#![$attribute])* $($route),* ]
    };
}

mod inner {
    #[auth_runtime::requires_auth]
    #[rocket::get("/inner")]
    pub fn route() {}
}

/// A macro that repeats the attributes and the routes of a list.
fn mounted() -> Vec<Route> {
    list!([requires_scope("s"), auth_runtime::requires(Open(2))] "admin" all, inner::route)
}

#[test]
fn compiles_and_has_its_policies() {
    let own = r#"requires_auth(max_age = 300, acr = "mfa") requires_scope(any("a", "b")) requires_claim(level = 3, "a/b" = 3) requires_permission(any("p", "q"), not_found) requires_role("r", "b") requires(any(Open(1), scope("a"), role("b")))"#;
    assert_eq!(<all as Protected>::POLICY.to_string(), own);

    let list = r#"requires_role("admin") requires_scope("s") requires(Open(2))"#;
    let rocket = rocket::build().mount("/", mounted());
    let policies = Policies::of(&rocket);
    let texts: Vec<_> = policies.iter().map(|route| route.policy_text()).collect();
    assert_eq!(texts, [format!("{list} {own}"), list.to_owned()]);
}
