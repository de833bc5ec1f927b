//! Attributes of other crates that add the route attribute, in modules with requirements. The tests of each
//! route are the same: neither the role of the module nor the scope of the route is enough.

use auth_runtime::{Protected, requires_role, routes};
use serde_json::json;

use super::expect_each;
use crate::support::*;

#[requires_role("admin")]
mod admin {
    use auth_runtime::requires_scope;
    use foreign_attributes::{above, below};

    #[below(#[rocket::get("/route_below")])]
    #[requires_scope("own")]
    pub(super) fn route_below() {}

    #[above(#[requires_scope("own")] #[rocket::get("/both_above")])]
    pub(super) fn both_above() {}

    #[below(#[requires_scope("own")] #[rocket::get("/both_below")])]
    pub(super) fn both_below() {}

    #[above(#[requires_scope("own")])]
    #[rocket::get("/ours_above")]
    pub(super) fn ours_above() {}

    #[cfg_attr(all(), above(#[requires_scope("own")] #[rocket::get("/conditional")]))]
    pub(super) fn conditional() {}

    pub(super) mod inner {
        #[inline]
        #[foreign_attributes::above(
            #[auth_runtime::requires_scope("own")] #[rocket::get("/inner")]
        )]
        pub(crate) fn route() {}
    }

    /// Not a route.
    #[above(#[inline])]
    #[allow(dead_code)]
    fn helper() {}
}

#[test]
fn the_policy_has_the_requirements_of_the_module() {
    fn requires_both<R: Protected>(_: R) {
        let policy = R::POLICY.to_string();
        assert!(policy.contains(r#"requires_scope("own""#), "{policy}");
        assert!(policy.contains(r#"requires_role("admin""#), "{policy}");
    }
    requires_both(admin::route_below {});
    requires_both(admin::both_above {});
    requires_both(admin::both_below {});
    requires_both(admin::ours_above {});
    requires_both(admin::conditional {});
    requires_both(admin::inner::route {});
}

#[tokio::test]
async fn a_route_requires_what_its_module_requires_although_another_attribute_makes_it() {
    let seed = api(routes![
        admin::route_below,
        admin::both_above,
        admin::both_below,
        admin::ours_above,
        admin::conditional,
        admin::inner::route,
    ])
    .await;
    for path in [
        "/route_below",
        "/both_above",
        "/both_below",
        "/ours_above",
        "/conditional",
        "/inner",
    ] {
        let cases = [
            (json!({}), false),
            (json!({"roles": ["admin"]}), false),
            (json!({"scope": "own"}), false),
            (json!({"roles": ["admin"], "scope": "own"}), true),
        ];
        expect_each(&seed, path, &cases).await;
    }
}
