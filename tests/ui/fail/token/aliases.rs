use auth_runtime::{AccessToken, AuthError, OptionalToken, public, requires_auth};
use rocket::get;

type Caller<'r> = Option<&'r AccessToken>;
type Checked<'r> = Result<&'r AccessToken, AuthError>;
type Tried<'r> = rocket::request::Outcome<&'r AccessToken, AuthError>;

#[public]
#[get("/a?<limit>")]
fn optional(limit: Option<u8>, caller: Caller<'_>) -> Option<&'static str> {
//~^ ERROR this argument accepts an invalid token as if there were none
    (limit.is_some() && caller.is_some()).then_some("known")
}

#[requires_auth]
#[get("/b")]
fn result<'r>(caller: Checked<'r>) -> Option<&'r str> {
//~^ ERROR this argument accepts an invalid token as if there were none
    caller.ok()?.subject()
}

#[public]
#[get("/c")]
fn outcome(caller: Tried<'_>) -> String {
//~^ ERROR this argument accepts an invalid token as if there were none
    caller.is_success().to_string()
}

#[public]
#[get("/d")]
fn optional_token(caller: Option<OptionalToken<'_>>) -> String {
//~^ ERROR this argument accepts an invalid token as if there were none
    caller.is_some().to_string()
}

#[public]
#[get("/e")]
fn nested(caller: Option<Result<&AccessToken, AuthError>>) -> String {
//~^ ERROR this argument accepts an invalid token as if there were none
    caller.is_some().to_string()
}

fn main() {}
