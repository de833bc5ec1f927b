use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(max_age = "5m")]
//~^ ERROR `max_age` must be a number of seconds, not a string
//~| HELP write an integer, as in `max_age = 300`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
