use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(acr = 2)]
//~^ ERROR `acr` is a string literal or the path of a constant
//~| HELP name the classes of login that are accepted, separated by spaces: `acr = "urn:example:mfa"`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
