use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(acr = "")]
//~^ ERROR `acr` cannot be empty
//~| HELP name the accepted authentication classes, separated by spaces
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
