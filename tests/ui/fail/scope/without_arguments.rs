use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope]
//~^ ERROR `#[requires_scope]` needs at least one scope
//~| HELP name the scopes that a token must carry, as in `#[requires_scope("read:messages")]`; to accept any valid token, use `#[requires_auth]`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
