use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(optional = true)]
//~^ ERROR unknown argument of `#[requires_auth]`: `optional`
//~| HELP it takes `max_age = 300`, the most seconds since the login, and `acr = "…"`, the classes of login that are accepted
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
