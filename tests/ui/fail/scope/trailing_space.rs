use auth_runtime::requires_scope;
use rocket::get;

#[requires_scope("read:messages ")]
//~^ ERROR a scope cannot contain a space
//~| HELP remove the space
#[get("/")]
fn messages() -> &'static str {
    "secret"
}

fn main() {}
