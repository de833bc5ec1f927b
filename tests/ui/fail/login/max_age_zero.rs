use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(max_age = 0)]
//~^ ERROR `max_age` cannot be 0, because every login is older than the request
//~| HELP write the maximum number of seconds since the login, as in `max_age = 300`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
