//! `any` and `all` say themselves which belongs to which: nothing depends on precedence.

use auth_runtime::{Protected, requires_permission, requires_role, requires_scope};
use rocket::get;

const B: &str = "b";

mod roles {
    pub const ADMIN: &str = "admin";
}

#[requires_scope(any("a", all("b", "c")))]
#[get("/")]
fn either() {}

#[requires_scope("user", any("a", "b"))]
#[get("/")]
fn both() {}

#[requires_scope(any(all("a", B), all(any("c", "d"), "e")), "f", all("g"))]
#[get("/")]
fn deep() {}

#[requires_permission("read:messages", any("a b", "é"))]
#[requires_role(any(roles::ADMIN, "Owner of it"))]
#[get("/")]
fn permissions_and_roles() {}

#[requires_scope("a", any("b", "c"), not_found)]
#[requires_permission("d", report_only)]
#[requires_role("e", not_found, report_only)]
#[get("/")]
fn flags() {}

#[test]
fn compiles_and_has_its_policies() {
    assert_eq!(
        <either as Protected>::POLICY.to_string(),
        r#"requires_scope(any("a", all("b", "c")))"#
    );
    assert_eq!(
        <both as Protected>::POLICY.to_string(),
        r#"requires_scope("user", any("a", "b"))"#
    );
    assert_eq!(
        <deep as Protected>::POLICY.to_string(),
        r#"requires_scope(any(all("a", "b"), all(any("c", "d"), "e")), "f", all("g"))"#
    );
    assert_eq!(
        <permissions_and_roles as Protected>::POLICY.to_string(),
        r#"requires_permission("read:messages", any("a b", "é")) requires_role(any("admin", "Owner of it"))"#
    );
    assert_eq!(
        <flags as Protected>::POLICY.to_string(),
        concat!(
            r#"requires_scope("a", any("b", "c"), not_found) "#,
            r#"requires_permission("d", report_only) "#,
            r#"requires_role("e", not_found, report_only)"#
        )
    );
}
