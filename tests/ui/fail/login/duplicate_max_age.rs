use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(max_age = 300, max_age = 60)]
//~^ ERROR `max_age` is given twice
//~| HELP remove one of them
//~| ERROR [note] the first one is here
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
