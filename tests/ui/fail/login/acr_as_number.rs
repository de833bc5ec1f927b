use auth_runtime::requires_auth;
use rocket::get;

#[requires_auth(acr = 2)]
//~^ ERROR `acr` must be a string literal or the path of a constant
//~| HELP name the accepted authentication classes, separated by spaces: `acr = "urn:example:mfa"`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
