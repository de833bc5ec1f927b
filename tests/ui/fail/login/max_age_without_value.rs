use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(max_age)]
//~^ ERROR expected a value for `max_age`
//~| HELP it takes `max_age = 300`, the most seconds since the login, and `acr = "…"`, the classes of login that are accepted
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
