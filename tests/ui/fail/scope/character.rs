use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope('r')]
//~^ ERROR expected a string literal or the path of a constant, found a character
//~| HELP a scope is a string, such as `"read:messages"`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
