use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope("")]
//~^ ERROR a scope cannot be empty
//~| HELP name the scope that a token must carry; to accept any valid token, use `#[requires_auth]`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
