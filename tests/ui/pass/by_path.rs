//! Nothing is imported: every attribute is written by a path.

#[auth_runtime::requires_auth]
#[rocket::get("/a")]
fn a() {}

#[::auth_runtime::requires_auth]
#[::auth_runtime::requires_scope("a")]
#[::rocket::get("/b")]
fn b() {}

mod reexported {
    pub use auth_runtime as auth;
    pub use rocket::get;
}

#[reexported::auth::public]
#[reexported::get("/c")]
fn c() {}

#[test]
fn compiles_and_has_its_policies() {
    assert_eq!(auth_runtime::routes![a, b, c].len(), 3);
}
