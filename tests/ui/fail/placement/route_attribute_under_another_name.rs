use auth_runtime::requires_auth;
use rocket::get as fetch;

#[requires_auth]
//~^ ERROR `#[requires_auth]` must be above a route attribute such as `#[get]`, but there is none below it
//~| HELP if the route attribute is above `#[requires_auth]`, swap the two; if it was imported under another name, write its original name; if another attribute adds it, write that attribute first
#[fetch("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
