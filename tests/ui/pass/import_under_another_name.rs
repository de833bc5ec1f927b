//! The outermost attribute needs no name that we know.

use auth_runtime::{Protected, requires_auth, requires_scope as scope};
use rocket::get;

#[scope("a")]
#[requires_auth]
#[get("/")]
fn handler() {}

#[test]
fn compiles_and_has_its_policies() {
    assert_eq!(
        <handler as Protected>::POLICY.to_string(),
        r#"requires_scope("a")"#
    );
}
