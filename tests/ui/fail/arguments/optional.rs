use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(optional)]
//~^ ERROR `#[requires_auth]` cannot be optional
//~| HELP write `#[public]`, and let the handler take `OptionalToken<'_>`, which refuses invalid tokens
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
