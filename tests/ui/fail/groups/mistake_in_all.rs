use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope(any("a", all("b c", 5)))]
//~^ ERROR expected a string literal or the path of a constant, found an integer
//~| HELP a scope is a string, such as `"read:messages"`
//~| ERROR a scope cannot contain a space
//~| HELP write each scope as a separate string: `"b", "c"`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
