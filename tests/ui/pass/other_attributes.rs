//! Attributes of other crates above and between ours.

use auth_runtime::{Protected, requires_auth, requires_scope};
use rocket::get;

#[inline(never)]
#[requires_auth]
#[rustfmt::skip]
#[requires_scope("a")]
#[allow(clippy::needless_pass_by_value)]
#[get("/")]
#[cold]
fn handler() {}

#[test]
fn compiles_and_has_its_policies() {
    assert_eq!(
        <handler as Protected>::POLICY.to_string(),
        r#"requires_scope("a")"#
    );
}
