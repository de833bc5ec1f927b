use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(max_age = 18446744073709551616)]
//~^ ERROR `max_age` is too large
//~| HELP leave it out to accept a login of any age
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
