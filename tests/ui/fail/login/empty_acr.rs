use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(acr = "")]
//~^ ERROR `acr` cannot be empty
//~| HELP name the classes of login that are accepted, separated by spaces
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
