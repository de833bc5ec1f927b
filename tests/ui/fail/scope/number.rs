use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope("read:messages", 5)]
//~^ ERROR expected a string literal or the path of a constant, found an integer
//~| HELP a scope is a string, such as `"read:messages"`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
