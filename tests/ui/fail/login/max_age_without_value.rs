use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(max_age)]
//~^ ERROR expected a value for `max_age`
//~| HELP its arguments are `max_age = 300`, the maximum number of seconds since the login, and `acr = "…"`, the accepted authentication classes
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
