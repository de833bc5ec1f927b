//! How recent and how strong the login must be.

use auth_runtime::{Protected, requires_auth, requires_scope};
use rocket::get;

const MFA: &str = "urn:example:mfa";

#[requires_auth(max_age = 300)]
#[get("/")]
fn recent() {}

#[requires_scope("a")]
#[requires_auth(max_age = 3_600, acr = "silver gold")]
#[get("/")]
fn both() {}

#[requires_auth(acr = MFA)]
#[get("/")]
fn constant() {}

#[requires_auth()]
#[get("/")]
fn any_login() {}

#[test]
fn compiles_and_has_its_policies() {
    assert_eq!(
        <recent as Protected>::POLICY.to_string(),
        "requires_auth(max_age = 300)"
    );
    assert_eq!(
        <both as Protected>::POLICY.to_string(),
        r#"requires_scope("a") requires_auth(max_age = 3600, acr = "silver gold")"#
    );
    assert_eq!(
        <constant as Protected>::POLICY.to_string(),
        r#"requires_auth(acr = "urn:example:mfa")"#
    );
    assert_eq!(
        <any_login as Protected>::POLICY.to_string(),
        "requires_auth"
    );
}
