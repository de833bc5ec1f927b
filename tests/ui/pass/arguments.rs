//! Arguments of handlers that are checked for taking invalid tokens, and are fine.

use auth_runtime::{AccessToken, Authorized, OptionalToken, Protected, public, requires_auth};
use rocket::form::Form;
use rocket::http::{ContentType, CookieJar};
use rocket::{State, get, post};

#[requires_auth]
#[get("/a/<id>?<limit>")]
fn uri(id: Option<u8>, limit: Result<u8, rocket::form::Errors<'_>>) -> String {
    (id.is_some() && limit.is_ok()).to_string()
}

#[public]
#[get("/b")]
fn guards<'r>(
    caller: OptionalToken<'r>,
    kind: Option<&'r ContentType>,
    state: Option<&'r State<u8>>,
    cookies: &CookieJar<'_>,
) -> Option<&'r str> {
    let _ = (kind, state, cookies);
    caller.token()?.subject()
}

#[requires_auth]
#[post("/c", data = "<form>")]
fn data(token: &AccessToken, proof: Authorized<data>, form: Option<Form<u8>>) -> String {
    let _ = (token, proof);
    form.is_some().to_string()
}

#[test]
fn compiles_and_has_its_policies() {
    assert!(<guards as Protected>::POLICY.is_public());
    let _ = auth_runtime::routes![uri, guards, data];
}
