use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(any(max_age = 300, acr = "gold"))]
//~^ ERROR `#[requires_auth]` does not support `any(…)`
//~| HELP list the arguments directly: all of them are required
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
