//! `uri!` sees the handler's own parameters, and not the guard.

use auth_runtime::requires_auth;
use rocket::{get, uri};

#[requires_auth]
#[get("/messages/<id>?<page>")]
fn message(id: u8, page: Option<u8>) {
    let _ = (id, page);
}

#[test]
fn compiles_and_has_its_policies() {
    assert_eq!(uri!(message(7, Some(2))).to_string(), "/messages/7?page=2");
    assert_eq!(uri!(message(id = 7, page = _)).to_string(), "/messages/7");
}
