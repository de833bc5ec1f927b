use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth("read:messages")]
//~^ ERROR `#[requires_auth]` does not take scopes
//~| HELP to require a scope, write `#[requires_scope("read:messages")]`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
