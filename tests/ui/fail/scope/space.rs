use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope("read:messages write:messages")]
//~^ ERROR a scope cannot contain a space
//~| HELP write each scope as a separate string: `"read:messages", "write:messages"`
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
