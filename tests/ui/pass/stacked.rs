//! Stacked attributes are one policy, in the order of the source, wherever other attributes are.

use auth_runtime::{Policy, Protected, public, requires_auth, requires_scope};
use rocket::get;

#[requires_auth]
#[requires_scope("a")]
#[requires_scope("b", "c")]
#[get("/1")]
fn auth_first() {}

#[requires_scope("a")]
#[inline]
#[requires_scope("b", "c")]
#[allow(clippy::all)]
#[requires_auth]
#[get("/2")]
#[must_use]
fn auth_last() -> &'static str {
    ""
}

#[requires_auth]
#[get("/3")]
fn auth_alone() {}

#[public]
#[get("/4")]
fn open() {}

const fn policy<R: Protected>() -> Policy {
    R::POLICY
}

#[test]
fn compiles_and_has_its_policies() {
    let all = r#"requires_scope("a", "b", "c")"#;
    assert_eq!(policy::<auth_first>().to_string(), all);
    assert_eq!(policy::<auth_last>().to_string(), all);
    assert_eq!(policy::<auth_alone>().to_string(), "requires_auth");
    assert!(policy::<open>().is_public());
}
