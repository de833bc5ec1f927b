use auth_runtime::requires_auth;
use rocket::get;

const HOUR: u64 = 3600;

#[requires_auth(max_age = HOUR)]
//~^ ERROR `max_age` must be a number of seconds
//~| HELP write an integer, as in `max_age = 300`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
