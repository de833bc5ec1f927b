use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(maxage = 300)]
//~^ ERROR unknown argument of `#[requires_auth]`: `maxage`
//~| HELP its arguments are `max_age = 300`, the maximum number of seconds since the login, `acr = "…"`, the accepted authentication classes, and `sender_constrained`, a token that is bound to a key
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
