use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(max_age = 300s)]
//~^ ERROR `max_age` must be a number of seconds, without `s`
//~| HELP write `max_age = 300`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
