//! `cfg` and `cfg_attr`, in any place: rustc evaluates them before the attributes.

use auth_runtime::{Protected, public, requires_auth, requires_scope};
use rocket::get;

#[requires_auth]
#[cfg_attr(all(), requires_scope("a"))]
#[cfg_attr(any(), requires_scope("b"))]
#[cfg(not(any()))]
#[cfg_attr(all(), get("/a"))]
fn kept() {}

#[cfg_attr(all(), requires_scope("a"), get("/b"))]
fn within_one() {}

#[requires_auth]
#[cfg(any())]
#[get("/c")]
fn left_out() {}

#[public]
#[cfg(not(any()))]
#[get("/c")]
fn left_out() {}

#[test]
fn compiles_and_has_its_policies() {
    assert_eq!(
        <kept as Protected>::POLICY.to_string(),
        r#"requires_scope("a")"#
    );
    assert_eq!(
        <within_one as Protected>::POLICY.to_string(),
        r#"requires_scope("a")"#
    );
    assert!(<left_out as Protected>::POLICY.is_public());
}
